package io.sallyport.platform.device;

import static io.sallyport.platform.base.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Pages;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.DeviceQuery.Sort;
import io.sallyport.platform.identity.SecretHash;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link DeviceStore} must do. */
public interface DeviceStoreContract {
  TenantId ACME = new TenantId("acme01");
  TenantId OTHER = new TenantId("other1");
  Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
  SecretHash TOKEN = new SecretHash("hmac", 1, "verifier");

  TenantStore tenants();

  DeviceTypeStore types();

  DeviceStore devices();

  /** A device with little known of it, to be registered at {@link #NOW}. */
  static Device aDevice(DeviceKey key) {
    return aDevice(key, Optional.empty(), NOW);
  }

  private static Device aDevice(DeviceKey key, Optional<DeviceKey> gateway, Instant registered) {
    return new Device(
        key,
        0,
        DeviceClass.DEVICE,
        gateway,
        DeviceInfo.NONE,
        Optional.empty(),
        true,
        false,
        "key:a-acme01-abcdefghij",
        registered,
        registered,
        1);
  }

  private static DeviceKey pump(String id) {
    return DeviceKey.of("acme01", "pump", id);
  }

  private Device insert(DeviceKey key) {
    return devices().insert(aDevice(key));
  }

  private List<String> idsOf(DeviceQuery query) {
    return Pages.all(2, page -> devices().list(ACME, query, page)).stream()
        .map(device -> device.key().type() + "/" + device.key().id())
        .toList();
  }

  @BeforeEach
  default void createTenantsAndTypes() {
    for (TenantId tenant : List.of(ACME, OTHER)) {
      tenants().create(tenant, tenant.value(), TenantSettings.DEFAULT, NOW);
      for (String type : List.of("pump", "fan", "gw")) {
        types()
            .insert(
                new DeviceType(
                    tenant,
                    new TypeId(type),
                    type.equals("gw") ? DeviceClass.GATEWAY : DeviceClass.DEVICE,
                    "",
                    DeviceInfo.NONE,
                    Optional.empty(),
                    NOW,
                    NOW));
      }
    }
  }

  @Test
  default void an_inserted_device_is_found_by_key_and_number_as_it_was() {
    Device gateway = insert(DeviceKey.of("acme01", "gw", "g1"));
    Device device =
        new Device(
            pump("ünïcode €🏭 ()@"),
            42,
            DeviceClass.DEVICE,
            Optional.of(gateway.key()),
            DeviceTypeStoreContract.INFO,
            Optional.of("{\"b\":1, \"a\":2}"),
            false,
            true,
            "operator:o-x",
            NOW,
            NOW.plusNanos(1),
            5);

    Device inserted = devices().insert(device);

    assertThat(inserted).usingRecursiveComparison().ignoringFields("number").isEqualTo(device);
    assertThat(devices().find(device.key())).contains(inserted);
    assertThat(devices().findByNumber(inserted.number())).contains(inserted);
  }

  @Test
  default void an_unknown_device_is_not_found() {
    insert(pump("p1"));

    assertThat(devices().find(pump("P1"))).isEmpty();
    assertThat(devices().find(DeviceKey.of("acme01", "fan", "p1"))).isEmpty();
    assertThat(devices().find(DeviceKey.of("other1", "pump", "p1"))).isEmpty();
    assertThat(devices().findByNumber(4711)).isEmpty();
    assertThat(devices().findCredential(4711)).isEmpty();
  }

  @Test
  default void ids_that_only_look_alike_are_different_devices() {
    // The same letter, composed and decomposed; upper and lower case; trailing blank.
    for (String id : List.of("\u00e9", "e\u0301", "a", "A", "a ")) {
      insert(pump(id));
    }

    assertThat(devices().count(ACME, DeviceQuery.ALL)).isEqualTo(5);
  }

  @Test
  default void a_key_in_use_is_refused_but_another_tenant_may_use_it() {
    insert(pump("p1"));
    insert(DeviceKey.of("other1", "pump", "p1"));

    assertProblem(Problem.Code.ALREADY_EXISTS, () -> insert(pump("p1")));
  }

  @Test
  default void a_device_of_an_unknown_type_is_refused() {
    assertProblem(Problem.Code.NOT_FOUND, () -> insert(DeviceKey.of("acme01", "unknown", "p1")));
  }

  @Test
  default void numbers_rise_and_are_never_given_again() {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      numbers.add(insert(pump("p1")).number());
      assertThat(devices().delete(pump("p1"))).isTrue();
    }

    assertThat(numbers).isSorted().doesNotHaveDuplicates();
    assertThat(numbers.getFirst()).isPositive();
  }

  @Test
  default void an_update_replaces_what_may_change_and_raises_the_version_if_asked() {
    Device gateway = insert(DeviceKey.of("acme01", "gw", "g1"));
    Device inserted = insert(pump("p1"));
    Instant later = NOW.plusSeconds(5);
    Device change =
        new Device(
            inserted.key(),
            inserted.number(),
            inserted.deviceClass(),
            Optional.of(gateway.key()),
            DeviceTypeStoreContract.INFO,
            Optional.of("{}"),
            false,
            true,
            "somebody else",
            later,
            later,
            99);

    Device updated = devices().update(change, false);
    Device raised = devices().update(change, true);

    assertThat(updated)
        .isEqualTo(
            new Device(
                inserted.key(),
                inserted.number(),
                inserted.deviceClass(),
                change.gateway(),
                change.info(),
                change.metadata(),
                false,
                true,
                inserted.registeredBy(),
                NOW,
                later,
                inserted.version()));
    assertThat(raised.version()).isGreaterThan(updated.version());
    assertThat(devices().find(inserted.key())).contains(raised);
  }

  @Test
  default void updating_an_unknown_device_is_refused() {
    assertProblem(Problem.Code.NOT_FOUND, () -> devices().update(aDevice(pump("p1")), true));
  }

  @Test
  default void a_deleted_device_is_gone_with_its_credential() {
    Device device = insert(pump("p1"));
    devices().putCredential(new DeviceCredential(device.number(), TOKEN, NOW, 0));

    assertThat(devices().delete(device.key())).isTrue();

    assertThat(devices().find(device.key())).isEmpty();
    assertThat(devices().findByNumber(device.number())).isEmpty();
    assertThat(devices().findCredential(device.number())).isEmpty();
    assertThat(devices().delete(device.key())).isFalse();
  }

  @Test
  default void devices_of_a_deleted_gateway_stay_behind_none() {
    DeviceKey gateway = DeviceKey.of("acme01", "gw", "g1");
    insert(gateway);
    devices().insert(aDevice(pump("p1"), Optional.of(gateway), NOW));

    devices().delete(gateway);
    insert(gateway);

    // THREATS T15: a new gateway of the old name does not speak for the old one's devices.
    assertThat(devices().find(pump("p1")).orElseThrow().gateway()).isEmpty();
  }

  @Test
  default void a_replaced_credential_has_a_higher_version() {
    Device device = insert(pump("p1"));
    SecretHash other = new SecretHash("argon2id", 2, "other");

    DeviceCredential first =
        devices().putCredential(new DeviceCredential(device.number(), TOKEN, NOW, 0));
    DeviceCredential second =
        devices()
            .putCredential(new DeviceCredential(device.number(), other, NOW.plusSeconds(1), 0));

    assertThat(first.token()).isEqualTo(TOKEN);
    assertThat(second.token()).isEqualTo(other);
    assertThat(second.created()).isEqualTo(NOW.plusSeconds(1));
    assertThat(second.version()).isGreaterThan(first.version());
    assertThat(devices().findCredential(device.number())).contains(second);
  }

  @Test
  default void a_device_without_a_token_has_no_access() {
    insert(pump("p1"));

    assertThat(devices().findAccess(pump("p1"))).isEmpty();
    assertThat(devices().findAccess(pump("p2"))).isEmpty();
  }

  @Test
  default void what_a_login_rests_on_follows_each_change_at_once() {
    Device device = insert(pump("p1"));
    DeviceCredential first =
        devices().putCredential(new DeviceCredential(device.number(), TOKEN, NOW, 0));
    assertThat(devices().findAccess(device.key())).contains(DeviceAccess.of(device, first));

    SecretHash otherToken = new SecretHash("argon2id", 2, "another");
    DeviceCredential second =
        devices().putCredential(new DeviceCredential(device.number(), otherToken, NOW, 0));
    assertThat(devices().findAccess(device.key())).contains(DeviceAccess.of(device, second));

    Device disabled = devices().update(device.withEnabled(false, NOW), true);
    assertThat(devices().findAccess(device.key())).contains(DeviceAccess.of(disabled, second));

    devices().delete(device.key());
    assertThat(devices().findAccess(device.key())).isEmpty();

    Device successor = insert(pump("p1"));
    DeviceCredential third =
        devices().putCredential(new DeviceCredential(successor.number(), TOKEN, NOW, 0));
    assertThat(devices().findAccess(device.key())).contains(DeviceAccess.of(successor, third));
  }

  @Test
  default void a_credential_of_an_unknown_device_is_refused() {
    assertProblem(
        Problem.Code.NOT_FOUND,
        () -> devices().putCredential(new DeviceCredential(4711, TOKEN, NOW, 0)));
  }

  @Test
  default void devices_are_listed_in_each_order() {
    devices().insert(aDevice(pump("b"), Optional.empty(), NOW.plusSeconds(3)));
    devices().insert(aDevice(pump("a"), Optional.empty(), NOW.plusSeconds(1)));
    devices()
        .insert(aDevice(DeviceKey.of("acme01", "fan", "b"), Optional.empty(), NOW.plusSeconds(1)));
    devices()
        .insert(aDevice(DeviceKey.of("acme01", "fan", "c"), Optional.empty(), NOW.plusSeconds(2)));
    insert(DeviceKey.of("other1", "fan", "x"));

    assertListed(Sort.KEY, List.of("fan/b", "fan/c", "pump/a", "pump/b"));
    assertListed(Sort.DEVICE_ID, List.of("pump/a", "fan/b", "pump/b", "fan/c"));
    assertListed(Sort.REGISTERED, List.of("fan/b", "pump/a", "fan/c", "pump/b"));
  }

  private void assertListed(Sort sort, List<String> expected) {
    List<String> reversed = new ArrayList<>(expected);
    Collections.reverse(reversed);
    assertThat(idsOf(new DeviceQuery(Optional.empty(), Optional.empty(), sort, false)))
        .isEqualTo(expected);
    assertThat(idsOf(new DeviceQuery(Optional.empty(), Optional.empty(), sort, true)))
        .isEqualTo(reversed);
  }

  @Test
  default void devices_are_filtered_by_type_and_gateway() {
    DeviceKey gateway = DeviceKey.of("acme01", "gw", "g1");
    insert(gateway);
    devices().insert(aDevice(pump("p1"), Optional.of(gateway), NOW));
    devices().insert(aDevice(DeviceKey.of("acme01", "fan", "f1"), Optional.of(gateway), NOW));
    insert(pump("p2"));
    DeviceQuery behind = new DeviceQuery(Optional.empty(), Optional.of(gateway), Sort.KEY, false);
    DeviceQuery both =
        new DeviceQuery(
            Optional.of(new TypeId("pump")), Optional.of(gateway), Sort.REGISTERED, true);

    assertThat(idsOf(DeviceQuery.ofType(new TypeId("pump")))).containsExactly("pump/p1", "pump/p2");
    assertThat(idsOf(behind)).containsExactly("fan/f1", "pump/p1");
    assertThat(idsOf(both)).containsExactly("pump/p1");
    assertThat(devices().count(ACME, DeviceQuery.ALL)).isEqualTo(4);
    assertThat(devices().count(ACME, behind)).isEqualTo(2);
    assertThat(devices().count(ACME, both)).isEqualTo(1);
  }

  @Test
  default void a_cursor_of_another_query_is_refused() {
    insert(pump("a"));
    insert(pump("b"));
    insert(DeviceKey.of("other1", "pump", "a"));
    insert(DeviceKey.of("other1", "pump", "b"));
    PageRequest one = PageRequest.first(1);
    String next = devices().list(ACME, DeviceQuery.ALL, one).next().orElseThrow();

    assertProblem(
        Problem.Code.BAD_CURSOR, () -> devices().list(OTHER, DeviceQuery.ALL, one.next(next)));
    assertProblem(
        Problem.Code.BAD_CURSOR,
        () -> devices().list(ACME, DeviceQuery.ofType(new TypeId("pump")), one.next(next)));
    for (Sort sort : Sort.values()) {
      assertProblem(
          Problem.Code.BAD_CURSOR,
          () ->
              devices()
                  .list(
                      ACME,
                      new DeviceQuery(Optional.empty(), Optional.empty(), sort, true),
                      one.next(next)));
    }
  }
}
