package io.sallyport.platform.device;

import static io.sallyport.platform.base.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Pages;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link DeviceTypeStore} must do. */
public interface DeviceTypeStoreContract {
  TenantId ACME = new TenantId("acme01");
  TenantId OTHER = new TenantId("other1");
  Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
  DeviceInfo INFO =
      new DeviceInfo(
          Optional.of("4711"),
          Optional.of("Pümpe & Co 🏭"),
          Optional.of(""),
          Optional.of("class"),
          Optional.of("line 1\nline 2"),
          Optional.of("1.0"),
          Optional.of("B"),
          Optional.of("hall 3"));

  TenantStore tenants();

  DeviceTypeStore types();

  DeviceStore devices();

  private static DeviceType aType(TenantId tenant, String id) {
    return new DeviceType(
        tenant,
        new TypeId(id),
        DeviceClass.DEVICE,
        "A pump",
        INFO,
        Optional.of("{ \"b\" : 1.50, \"a\":[null] , \"s\":\"\\u0000\"}"),
        NOW,
        NOW);
  }

  @BeforeEach
  default void createTenants() {
    tenants().create(ACME, "Acme", TenantSettings.DEFAULT, NOW);
    tenants().create(OTHER, "Other", TenantSettings.DEFAULT, NOW);
  }

  @Test
  default void an_inserted_type_is_found_as_it_was() {
    DeviceType pump = aType(ACME, "pump");
    DeviceType bare =
        new DeviceType(
            ACME,
            new TypeId("gw"),
            DeviceClass.GATEWAY,
            "",
            DeviceInfo.NONE,
            Optional.empty(),
            NOW,
            NOW);

    types().insert(pump);
    types().insert(bare);

    assertThat(types().find(ACME, pump.id())).contains(pump);
    assertThat(types().find(ACME, bare.id())).contains(bare);
  }

  @Test
  default void ids_compare_by_exact_bytes_and_within_their_tenant() {
    types().insert(aType(ACME, "pump"));

    assertThat(types().find(ACME, new TypeId("Pump"))).isEmpty();
    assertThat(types().find(OTHER, new TypeId("pump"))).isEmpty();
  }

  @Test
  default void an_id_in_use_is_refused_but_another_tenant_may_use_it() {
    types().insert(aType(ACME, "pump"));
    types().insert(aType(OTHER, "pump"));

    assertProblem(Problem.Code.ALREADY_EXISTS, () -> types().insert(aType(ACME, "pump")));
  }

  @Test
  default void types_are_listed_by_id_in_both_orders_and_counted() {
    for (String id : List.of("b", "a", "A", "c", "_")) {
      types().insert(aType(ACME, id));
    }
    types().insert(aType(OTHER, "x"));

    assertThat(Pages.all(2, page -> types().list(ACME, false, page)))
        .extracting(type -> type.id().value())
        .containsExactly("A", "_", "a", "b", "c");
    assertThat(Pages.all(2, page -> types().list(ACME, true, page)))
        .extracting(type -> type.id().value())
        .containsExactly("c", "b", "a", "_", "A");
    assertThat(types().count(ACME)).isEqualTo(5);
  }

  @Test
  default void a_cursor_of_the_other_order_is_refused() {
    types().insert(aType(ACME, "a"));
    types().insert(aType(ACME, "b"));
    String next = types().list(ACME, false, PageRequest.first(1)).next().orElseThrow();

    assertProblem(
        Problem.Code.BAD_CURSOR, () -> types().list(ACME, true, PageRequest.first(1).next(next)));
  }

  @Test
  default void an_update_replaces_what_may_change() {
    DeviceType pump = aType(ACME, "pump");
    types().insert(pump);
    Instant later = NOW.plusSeconds(1);

    DeviceType updated =
        types()
            .update(
                new DeviceType(
                    ACME,
                    pump.id(),
                    DeviceClass.DEVICE,
                    "new",
                    DeviceInfo.NONE,
                    Optional.empty(),
                    later,
                    later));

    assertThat(updated.description()).isEqualTo("new");
    assertThat(updated.info()).isEqualTo(DeviceInfo.NONE);
    assertThat(updated.metadata()).isEmpty();
    assertThat(updated.created()).isEqualTo(NOW);
    assertThat(updated.updated()).isEqualTo(later);
    assertThat(types().find(ACME, pump.id())).contains(updated);
  }

  @Test
  default void updating_an_unknown_type_is_refused() {
    assertProblem(Problem.Code.NOT_FOUND, () -> types().update(aType(ACME, "pump")));
  }

  @Test
  default void a_type_with_devices_is_not_deleted() {
    types().insert(aType(ACME, "pump"));
    devices().insert(DeviceStoreContract.aDevice(DeviceKey.of("acme01", "pump", "p1")));

    assertProblem(Problem.Code.IN_USE, () -> types().delete(ACME, new TypeId("pump")));

    assertThat(types().find(ACME, new TypeId("pump"))).isPresent();
  }

  @Test
  default void a_deleted_type_is_gone() {
    types().insert(aType(ACME, "pump"));
    types().insert(aType(OTHER, "pump"));

    assertThat(types().delete(ACME, new TypeId("pump"))).isTrue();

    assertThat(types().find(ACME, new TypeId("pump"))).isEmpty();
    assertThat(types().find(OTHER, new TypeId("pump"))).isPresent();
    assertThat(types().delete(ACME, new TypeId("pump"))).isFalse();
  }
}
