package io.sallyport.platform.command;

import static io.sallyport.platform.base.Problems.assertProblem;
import static io.sallyport.platform.command.CommandStatus.DELIVERED;
import static io.sallyport.platform.command.CommandStatus.EXECUTING;
import static io.sallyport.platform.command.CommandStatus.EXPIRED;
import static io.sallyport.platform.command.CommandStatus.FAILED;
import static io.sallyport.platform.command.CommandStatus.PENDING;
import static io.sallyport.platform.command.CommandStatus.SUCCESSFUL;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Pages;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceInfo;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.DeviceStoreContract;
import io.sallyport.platform.device.DeviceType;
import io.sallyport.platform.device.DeviceTypeStore;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every {@link CommandStore} must do. */
public interface CommandStoreContract {
  TenantId ACME = new TenantId("acme01");
  TenantId OTHER = new TenantId("other1");
  Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");

  TenantStore tenants();

  DeviceTypeStore types();

  DeviceStore devices();

  CommandStore commands();

  /** Registers {@code <tenant>/pump/<id>}, with what it needs. */
  private Device device(TenantId tenant, String id) {
    DeviceKey key = DeviceKey.of(tenant.value(), "pump", id);
    if (tenants().find(tenant).isEmpty()) {
      tenants().create(tenant, "", TenantSettings.DEFAULT, NOW);
    }
    if (types().find(tenant, key.type()).isEmpty()) {
      types()
          .insert(
              new DeviceType(
                  tenant,
                  key.type(),
                  DeviceClass.DEVICE,
                  "",
                  DeviceInfo.NONE,
                  Optional.empty(),
                  NOW,
                  NOW));
    }
    return devices().insert(DeviceStoreContract.aDevice(key));
  }

  private Command aCommand(Device device, String id, Instant expires) {
    Tenant tenant = tenants().find(device.key().tenant()).orElseThrow();
    return new Command(
        id,
        0,
        device.key(),
        tenant.number(),
        device.number(),
        "reboot",
        "json",
        Payload.utf8("{\"delay\":3}"),
        1,
        PENDING,
        "key:a-acme01-abcdefghij",
        NOW,
        expires,
        NOW,
        Optional.empty());
  }

  private Command insert(Device device, String id) {
    return commands().insert(aCommand(device, id, NOW.plus(Duration.ofDays(2))));
  }

  private boolean advance(String id, CommandStatus to, CommandStatus... from) {
    return commands().advance(ACME, id, List.of(from), to, NOW.plusSeconds(1), Optional.empty());
  }

  private CommandStatus statusOf(String id) {
    return commands().find(ACME, id).orElseThrow().status();
  }

  @Test
  default void an_inserted_command_is_found_as_it_was() {
    Device device = device(ACME, "p1");
    Command command = aCommand(device, "c1", NOW.plusSeconds(60));

    Command inserted = commands().insert(command);

    assertThat(inserted).usingRecursiveComparison().ignoringFields("number").isEqualTo(command);
    assertThat(inserted.number()).isPositive();
    assertThat(commands().find(ACME, "c1")).contains(inserted);
  }

  @Test
  default void an_empty_payload_stays_empty() {
    Device device = device(ACME, "p1");
    Command c = aCommand(device, "c1", NOW.plusSeconds(60));

    commands()
        .insert(
            new Command(
                c.id(),
                0,
                c.device(),
                c.tenantNumber(),
                c.deviceNumber(),
                c.name(),
                c.format(),
                Payload.EMPTY,
                0,
                PENDING,
                c.by(),
                NOW,
                c.expires(),
                NOW,
                Optional.of("a reason")));

    assertThat(commands().find(ACME, "c1").orElseThrow().payload()).isEqualTo(Payload.EMPTY);
    assertThat(commands().find(ACME, "c1").orElseThrow().reason()).contains("a reason");
  }

  @Test
  default void another_tenants_command_is_not_found() {
    insert(device(ACME, "p1"), "c1");
    device(OTHER, "p1");

    assertThat(commands().find(OTHER, "c1")).isEmpty();
    assertThat(commands().find(ACME, "C1")).isEmpty();
    assertThat(commands().advance(OTHER, "c1", List.of(PENDING), DELIVERED, NOW, Optional.empty()))
        .isFalse();
    assertThat(statusOf("c1")).isEqualTo(PENDING);
  }

  @Test
  default void an_id_in_use_is_refused() {
    Device device = device(ACME, "p1");
    insert(device, "c1");

    assertProblem(Problem.Code.ALREADY_EXISTS, () -> insert(device, "c1"));
  }

  @Test
  default void waiting_commands_come_oldest_first_without_the_ended_and_the_expired() {
    Device device = device(ACME, "p1");
    Device neighbour = device(ACME, "p2");
    insert(device, "c1");
    insert(neighbour, "other");
    insert(device, "c2");
    commands().insert(aCommand(device, "late", NOW.plusSeconds(10)));
    insert(device, "c3");
    insert(device, "c4");
    advance("c2", DELIVERED, PENDING);

    assertThat(commands().countPending(device.number())).isEqualTo(4);
    assertThat(commands().countPending(neighbour.number())).isEqualTo(1);
    Instant then = NOW.plusSeconds(10);
    assertThat(commands().pending(device.number(), then, 10))
        .extracting(Command::id)
        .containsExactly("c1", "c3", "c4");
    assertThat(commands().pending(device.number(), then, 2))
        .extracting(Command::id)
        .containsExactly("c1", "c3");
  }

  @Test
  default void a_devices_commands_are_listed_newest_first() {
    Device device = device(ACME, "p1");
    Device neighbour = device(ACME, "p2");
    for (int i = 1; i <= 5; i++) {
      insert(device, "c" + i);
      insert(neighbour, "n" + i);
    }

    assertThat(Pages.all(2, page -> commands().list(device.key(), page)))
        .extracting(Command::id)
        .containsExactly("c5", "c4", "c3", "c2", "c1");
    String next = commands().list(device.key(), PageRequest.first(2)).next().orElseThrow();
    assertProblem(
        Problem.Code.BAD_CURSOR,
        () -> commands().list(neighbour.key(), PageRequest.first(2).next(next)));
  }

  @Test
  default void a_command_advances_only_from_the_statuses_named() {
    Device device = device(ACME, "p1");
    insert(device, "c1");

    assertThat(advance("c1", EXECUTING, DELIVERED)).isFalse();
    assertThat(advance("c1", DELIVERED, PENDING, EXECUTING)).isTrue();
    assertThat(advance("c1", DELIVERED, PENDING)).isFalse();
    assertThat(
            commands()
                .advance(
                    ACME,
                    "c1",
                    List.of(DELIVERED),
                    FAILED,
                    NOW.plusSeconds(9),
                    Optional.of("valve stuck")))
        .isTrue();
    assertThat(advance("unknown", DELIVERED, PENDING)).isFalse();

    Command command = commands().find(ACME, "c1").orElseThrow();
    assertThat(command.status()).isEqualTo(FAILED);
    assertThat(command.updated()).isEqualTo(NOW.plusSeconds(9));
    assertThat(command.reason()).contains("valve stuck");
    assertThat(command.payload()).isEqualTo(Payload.utf8("{\"delay\":3}"));
  }

  @Test
  default void waiting_commands_expire_when_their_time_is_over() {
    Device device = device(ACME, "p1");
    commands().insert(aCommand(device, "c1", NOW.plusSeconds(1)));
    commands().insert(aCommand(device, "c2", NOW.plusSeconds(1)));
    commands().insert(aCommand(device, "c3", NOW.plusSeconds(1)));
    commands().insert(aCommand(device, "later", NOW.plusSeconds(9)));
    advance("c3", DELIVERED, PENDING);

    assertThat(commands().expire(NOW.plusSeconds(2), 1)).isEqualTo(1);
    assertThat(commands().expire(NOW.plusSeconds(2), 10)).isEqualTo(1);
    assertThat(commands().expire(NOW.plusSeconds(2), 10)).isZero();

    assertThat(statusOf("c1")).isEqualTo(EXPIRED);
    assertThat(statusOf("c2")).isEqualTo(EXPIRED);
    assertThat(statusOf("c3")).isEqualTo(DELIVERED);
    assertThat(statusOf("later")).isEqualTo(PENDING);
  }

  @Test
  default void old_ended_commands_are_deleted_and_delivered_ones_with_them() {
    Device device = device(ACME, "p1");
    for (String id : List.of("ended", "delivered", "waiting", "executing")) {
      insert(device, id);
    }
    advance("ended", SUCCESSFUL, PENDING);
    advance("delivered", DELIVERED, PENDING);
    advance("executing", EXECUTING, PENDING);

    assertThat(commands().deleteFinalBefore(NOW.plusSeconds(1), 10)).isZero();
    assertThat(commands().deleteFinalBefore(NOW.plusSeconds(2), 1)).isEqualTo(1);
    assertThat(commands().deleteFinalBefore(NOW.plusSeconds(2), 10)).isEqualTo(1);

    assertThat(commands().list(device.key(), PageRequest.first(10)).items())
        .extracting(Command::id)
        .containsExactlyInAnyOrder("waiting", "executing");
  }

  @Test
  default void a_devices_waiting_commands_are_withdrawn() {
    Device device = device(ACME, "p1");
    Device neighbour = device(ACME, "p2");
    insert(device, "c1");
    insert(device, "c2");
    insert(neighbour, "n1");
    advance("c2", DELIVERED, PENDING);

    assertThat(commands().withdrawPending(device.number(), NOW.plusSeconds(5), "device deleted"))
        .isEqualTo(1);

    Command withdrawn = commands().find(ACME, "c1").orElseThrow();
    assertThat(withdrawn.status().isFinal()).isTrue();
    assertThat(withdrawn.reason()).contains("device deleted");
    assertThat(withdrawn.updated()).isEqualTo(NOW.plusSeconds(5));
    assertThat(statusOf("c2")).isEqualTo(DELIVERED);
    assertThat(statusOf("n1")).isEqualTo(PENDING);
  }

  @Test
  default void all_commands_of_a_device_are_forgotten_on_request() {
    Device device = device(ACME, "p1");
    Device neighbour = device(ACME, "p2");
    insert(device, "c1");
    insert(device, "c2");
    insert(neighbour, "n1");
    advance("c2", DELIVERED, PENDING);

    assertThat(commands().deleteOf(device.number())).isEqualTo(2);

    assertThat(commands().list(device.key(), PageRequest.first(10)).items()).isEmpty();
    assertThat(statusOf("n1")).isEqualTo(PENDING);
  }

  @Test
  default void commands_outlive_their_device() {
    Device device = device(ACME, "p1");
    insert(device, "c1");

    devices().delete(device.key());

    assertThat(commands().find(ACME, "c1")).isPresent();
  }
}
