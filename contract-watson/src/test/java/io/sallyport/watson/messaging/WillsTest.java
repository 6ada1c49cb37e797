package io.sallyport.watson.messaging;

import static io.sallyport.watson.testing.WatsonFixture.as;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientGate.WillRights;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.watson.testing.TestConnect;
import io.sallyport.watson.testing.WatsonFixture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wills of clients that were connected when the process was killed (THREATS T31). */
class WillsTest {
  private static final String OWN = "iot-2/evt/bye/fmt/json";

  private final WatsonFixture watson = new WatsonFixture();
  private final Map<SessionKey, String> logins = new HashMap<>();
  private final List<StoredEvent> events = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() {
    watson.ingest.subscribe(events::addAll);
  }

  @AfterEach
  void close() {
    watson.close();
  }

  @Test
  void of_a_device_is_its_event() {
    RegisteredDevice pump = watson.pump("p1");
    publish(session(as(pump)), OWN);
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().event().device()).isEqualTo(pump.device().key());
    assertThat(events.getFirst().event().name()).isEqualTo("bye");
  }

  @Test
  void of_a_device_is_no_event_of_another() {
    watson.pump("p2");
    publish(session(as(watson.pump("p1"))), "iot-2/type/pump/id/p2/evt/bye/fmt/json");
    assertThat(events).isEmpty();
  }

  @Test
  void of_a_device_that_is_disabled_deleted_or_registered_again_is_nobodys() {
    RegisteredDevice pump = watson.pump("p1");
    SessionKey session = session(as(pump));
    var admin = PlatformFixture.anAdministrator(watson.acme);
    watson.domain.registry.setEnabled(admin, pump.device().key(), false);
    assertThat(reopened(session)).isEmpty();
    watson.domain.registry.setEnabled(admin, pump.device().key(), true);
    assertThat(reopened(session)).isPresent();
    watson.domain.registry.delete(admin, pump.device().key());
    assertThat(reopened(session)).isEmpty();
    watson.pump("p1");
    assertThat(reopened(session)).isEmpty();
  }

  @Test
  void of_a_device_whose_token_was_replaced_is_nobodys() {
    RegisteredDevice pump = watson.pump("p1");
    SessionKey session = session(as(pump));
    var admin = PlatformFixture.anAdministrator(watson.acme);
    watson.domain.registry.replaceToken(admin, pump.device().key(), Optional.empty());
    assertThat(reopened(session)).isEmpty();
  }

  @Test
  void of_a_suspended_tenants_client_is_nobodys() {
    SessionKey device = session(as(watson.pump("p1")));
    SessionKey application = session(as(aKey(Role.STANDARD_APPLICATION), "app1"));
    watson.domain.tenants.suspend(PlatformFixture.OPERATOR, watson.acme.id());
    assertThat(reopened(device)).isEmpty();
    assertThat(reopened(application)).isEmpty();
  }

  @Test
  void of_a_gateway_is_for_devices_that_are_behind_it_now() {
    RegisteredDevice gateway = watson.gateway("g1");
    RegisteredDevice child = watson.child("s1", gateway);
    SessionKey session = session(as(gateway));
    publish(session, "iot-2/type/sensor/id/s1/evt/bye/fmt/json");
    publish(session, "iot-2/type/gw/id/g1/evt/bye/fmt/json");
    assertThat(events)
        .extracting(stored -> stored.event().device(), stored -> stored.event().sentBy())
        .containsExactly(
            tuple(child.device().key(), "gateway:gw/g1"), tuple(gateway.device().key(), null));
    watson.pump("p1");
    publish(session, "iot-2/type/pump/id/p1/evt/bye/fmt/json");
    assertThat(events).hasSize(2);
  }

  @Test
  void of_an_application_needs_its_permission_now() {
    watson.pump("p1");
    IssuedApiKey key = aKey(Role.STANDARD_APPLICATION);
    SessionKey session = session(as(key, "app1"));
    String topic = "iot-2/type/pump/id/p1/evt/bye/fmt/json";
    publish(session, topic);
    assertThat(events).hasSize(1);
    var admin = PlatformFixture.anAdministrator(watson.acme);
    watson.domain.apiKeys.changeRoles(
        admin, watson.acme.id(), key.key().key(), Set.of(Role.READER.id()));
    assertThat(reopened(session)).as("the change has revoked it").isEmpty();
    SessionKey again = session(as(key, "app1"));
    publish(again, topic);
    assertThat(events).hasSize(1);
    watson.domain.apiKeys.delete(admin, watson.acme.id(), key.key().key());
    assertThat(reopened(again)).isEmpty();
  }

  @Test
  void of_an_application_may_be_a_command() {
    RegisteredDevice pump = watson.pump("p1");
    List<Command> commands = new CopyOnWriteArrayList<>();
    watson.domain.commandFeed.subscribe(commands::add);
    SessionKey session = session(as(aKey(Role.STANDARD_APPLICATION), "app1"));
    publish(session, "iot-2/type/pump/id/p1/cmd/stop/fmt/json");
    assertThat(commands).extracting(Command::device).containsExactly(pump.device().key());
  }

  private IssuedApiKey aKey(Role role) {
    return watson.domain.anApiKey(watson.acme, role);
  }

  private SessionKey session(TestConnect connect) {
    Admission.Admitted in = watson.admitted(connect).admitted();
    logins.put(in.session(), in.login());
    return in.session();
  }

  private Optional<WillRights> reopened(SessionKey session) {
    return watson.messaging.gate().reopen(session, Objects.requireNonNull(logins.get(session)));
  }

  private void publish(SessionKey session, String topic) {
    reopened(session)
        .orElseThrow()
        .publishWill(Message.of(topic, "gone".getBytes(UTF_8), Qos.AT_LEAST_ONCE));
  }
}
