package io.sallyport.watson.messaging;

import static io.sallyport.watson.testing.WatsonFixture.as;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Qos;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.watson.testing.TestAck;
import io.sallyport.watson.testing.TestClient;
import io.sallyport.watson.testing.TestClient.Received;
import io.sallyport.watson.testing.WatsonFixture;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** watson-iot.md sections 5.3 and 5.4. */
class ApplicationBindingTest {
  private static final String EVENT = "iot-2/type/pump/id/p1/evt/status/fmt/json";
  private static final String COMMAND = "iot-2/type/pump/id/p1/cmd/reset/fmt/json";

  private final WatsonFixture watson = new WatsonFixture();
  private final RegisteredDevice pump = watson.pump("p1");

  @AfterEach
  void close() {
    watson.close();
  }

  /** The contract's role table: publish event, subscribe event, publish and subscribe command. */
  @ParameterizedTest
  @CsvSource({
    "STANDARD_APPLICATION,   true,  true,  true,  true",
    "OPERATIONS_APPLICATION, false, true,  true,  false",
    "ADMIN_APPLICATION,      false, true,  true,  false",
    "BACKEND_TRUSTED,        true,  true,  true,  true",
    "DATA_PROCESSOR,         false, true,  true,  false",
    "VISUALIZATION,          false, true,  false, false",
    "DEVICE_APPLICATION,     true,  true,  false, true"
  })
  void a_key_may_do_what_its_role_says_and_nothing_else(
      Role role,
      boolean publishEvent,
      boolean subscribeEvent,
      boolean publishCommand,
      boolean subscribeCommand) {
    IssuedApiKey key = watson.domain.anApiKey(watson.acme, role);
    TestClient first = watson.admitted(as(key, "one"));
    assertThat(first.subscribe("iot-2/type/+/id/+/evt/+/fmt/+") != 0x80).isEqualTo(subscribeEvent);
    assertThat(first.subscribe("iot-2/type/+/id/+/cmd/+/fmt/+") != 0x80)
        .isEqualTo(subscribeCommand);
    assertThat(first.publish(EVENT, "{}").answer())
        .isEqualTo(publishEvent ? TestAck.ACCEPTED : "close NOT_AUTHORIZED");
    assertThat(watson.admitted(as(key, "two")).publish(COMMAND, "{}").answer())
        .isEqualTo(publishCommand ? TestAck.ACCEPTED : "close NOT_AUTHORIZED");
  }

  @Test
  void an_event_published_by_an_application_is_the_devices_and_names_the_key() {
    TestClient client = watson.application(Role.STANDARD_APPLICATION);
    client.subscribe("iot-2/type/pump/id/p1/evt/+/fmt/+", Qos.AT_MOST_ONCE);
    client.publish(EVENT, "{}", Qos.EXACTLY_ONCE);
    assertThat(client.received()).extracting(Received::topic).containsExactly(EVENT);
    assertThat(watson.history.read(watson.acme.number(), 0, 10))
        .singleElement()
        .satisfies(stored -> {
          assertThat(stored.event().device()).isEqualTo(pump.device().key());
          assertThat(stored.event().deviceNumber()).isEqualTo(pump.device().number());
          assertThat(stored.event().sentBy()).startsWith("key:a-acme01-");
          assertThat(stored.event().qos()).isEqualTo(2);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iot-2/type/pump/id/nobody/evt/a/fmt/json",
        "iot-2/type/pump/id/nobody/cmd/a/fmt/json",
        "iot-2/type/pump/id/p1/mon",
        "iot-2/app/app1/mon",
        "iot-2/evt/a/fmt/json"
      })
  void what_an_application_may_not_publish_closes_with_180(String topic) {
    TestClient client = watson.application(Role.STANDARD_APPLICATION);
    assertThat(client.publish(topic, "{}").answer()).isEqualTo("close NOT_AUTHORIZED");
  }

  @Test
  void no_topic_of_the_contract_closes_with_276() {
    TestClient client = watson.application(Role.STANDARD_APPLICATION);
    assertThat(client.publish("x/y", "{}").answer()).isEqualTo("close TOPIC_NOT_VALID");
  }

  @Test
  void a_disabled_device_is_not_sent_to_but_the_connection_stays() {
    watson.domain.registry.setEnabled(
        PlatformFixture.anAdministrator(watson.acme), pump.device().key(), false);
    TestClient client = watson.application(Role.STANDARD_APPLICATION);
    assertThat(client.publish(EVENT, "{}").answer()).isEqualTo("refused 0x87");
    assertThat(client.publish(COMMAND, "{}").answer()).isEqualTo("refused 0x87");
    assertThat(client.closeReason()).isNull();
  }

  @Test
  void an_application_of_another_tenant_sees_and_reaches_nothing() {
    RegisteredDevice twin = watson.domain.aDevice(watson.bolt).withId("p1").register();
    TestClient stranger = watson.application(watson.bolt, Role.STANDARD_APPLICATION);
    stranger.subscribe("iot-2/type/+/id/+/evt/+/fmt/+");
    stranger.subscribe("iot-2/type/+/id/+/cmd/+/fmt/+");
    stranger.subscribe("iot-2/type/+/id/+/mon");
    stranger.subscribe("iot-2/app/+/mon");
    stranger.forgetReceived();
    TestClient device = watson.admitted(as(pump));
    device.subscribe("iot-2/cmd/+/fmt/+");

    device.publish("iot-2/evt/status/fmt/json", "{}");
    watson.application(Role.STANDARD_APPLICATION).publish(COMMAND, "{}");
    assertThat(stranger.received()).isEmpty();
    assertThat(device.received()).hasSize(1);

    // The same words from the stranger mean his own device.
    assertThat(stranger.publish(COMMAND, "{}").answer()).isEqualTo(TestAck.ACCEPTED);
    assertThat(stranger.publish(EVENT, "{}").answer()).isEqualTo(TestAck.ACCEPTED);
    assertThat(device.received()).hasSize(1);
    assertThat(watson.history.read(watson.bolt.number(), 0, 10))
        .singleElement()
        .satisfies(stored -> assertThat(stored.event().device()).isEqualTo(twin.device().key()));
  }

  @Test
  void commands_are_shown_to_those_who_may_read_them() {
    TestClient reader = watson.application(Role.DEVICE_APPLICATION);
    reader.subscribe("iot-2/type/+/id/+/cmd/+/fmt/+", Qos.EXACTLY_ONCE);
    watson.application(Role.STANDARD_APPLICATION).publish(COMMAND, "now", Qos.AT_LEAST_ONCE);
    assertThat(reader.received())
        .containsExactly(new Received(COMMAND, "now", Qos.AT_LEAST_ONCE, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#",
        "iot-2/#",
        "iot-2/type/+/id/+/#",
        "iot-2/type/+/id/+/intf/+/evt/state",
        "iotdm-1/#"
      })
  void a_wider_or_unknown_filter_is_refused_and_the_connection_stays(String filter) {
    TestClient client = watson.application(Role.STANDARD_APPLICATION);
    assertThat(client.subscribe(filter)).isEqualTo(0x80);
    assertThat(client.closeReason()).isNull();
  }

  @Test
  void a_change_of_roles_ends_the_connection() {
    IssuedApiKey key = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
    TestClient client = watson.admitted(as(key, "app1"));
    watson.domain.apiKeys.changeRoles(
        PlatformFixture.anAdministrator(watson.acme),
        watson.acme.id(),
        key.key().key(),
        Set.of(Role.VISUALIZATION.id()));
    assertThat(client.closeReason()).isEqualTo(CloseReason.REVOKED);
  }
}
