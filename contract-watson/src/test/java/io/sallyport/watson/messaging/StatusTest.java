package io.sallyport.watson.messaging;

import static io.sallyport.watson.testing.WatsonFixture.as;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Qos;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.watson.status.WatsonScopes;
import io.sallyport.watson.testing.TestClient;
import io.sallyport.watson.testing.TestClient.Received;
import io.sallyport.watson.testing.TestConnect;
import io.sallyport.watson.testing.WatsonFixture;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** watson-iot.md section 6 and THREATS T36. */
class StatusTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String MON = "iot-2/type/pump/id/p1/mon";

  private final WatsonFixture watson = new WatsonFixture();
  private final RegisteredDevice pump = watson.pump("p1");
  private final TestClient watcher = watson.application(Role.STANDARD_APPLICATION);

  @AfterEach
  void close() {
    watson.close();
  }

  private static JsonNode json(Received message) {
    return JSON.readTree(message.payload());
  }

  private Received last(TestClient client) {
    return client.received().getLast();
  }

  @Test
  void connect_has_every_member() {
    watcher.subscribe("iot-2/type/+/id/+/mon", Qos.AT_MOST_ONCE);
    watson.admitted(as(pump));

    Received message = last(watcher);
    assertThat(message.topic()).isEqualTo(MON);
    assertThat(message.qos()).isEqualTo(Qos.AT_MOST_ONCE);
    JsonNode status = json(message);
    assertThat(status.get("Action").stringValue()).isEqualTo("Connect");
    assertThat(status.get("Time").stringValue()).isEqualTo("2026-11-20T10:00:00.000Z");
    assertThat(status.get("ClientAddr").stringValue()).isEqualTo("198.51.100.7");
    assertThat(status.get("ClientID").stringValue()).isEqualTo("d:acme01:pump:p1");
    assertThat(status.get("Port").isInt()).isTrue();
    assertThat(status.get("Port").intValue()).isEqualTo(8883);
    assertThat(status.get("Secure").booleanValue()).isTrue();
    assertThat(status.get("Protocol").stringValue()).isEqualTo("mqtt4");
    for (String count : List.of("ReadBytes", "ReadMsg", "WriteBytes", "WriteMsg")) {
      assertThat(status.get(count).isIntegralNumber()).as(count).isTrue();
    }
    assertThat(status.has("CloseCode")).isFalse();
  }

  @Test
  void disconnect_has_every_member_and_no_code_when_normal() {
    watcher.subscribe("iot-2/type/+/id/+/mon");
    watson.admitted(as(pump)).disconnect();
    JsonNode status = json(last(watcher));
    assertThat(status.get("Action").stringValue()).isEqualTo("Disconnect");
    assertThat(status.propertyNames())
        .contains(
            "Time",
            "ClientAddr",
            "ClientID",
            "Port",
            "Secure",
            "Protocol",
            "ReadBytes",
            "ReadMsg",
            "WriteBytes",
            "WriteMsg",
            "ConnectTime")
        .doesNotContain("CloseCode", "Reason");
    assertThat(status.get("ReadBytes").intValue()).isEqualTo(1);
    assertThat(status.get("ReadMsg").intValue()).isEqualTo(2);
    assertThat(status.get("WriteBytes").intValue()).isEqualTo(3);
    assertThat(status.get("WriteMsg").intValue()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "CONNECTION_LOST, 91",
    "SERVER_ERROR, 92",
    "SLOW_READER, 92",
    "QUEUE_FULL, 92",
    "SERVER_SHUTDOWN, 93",
    "ADMINISTRATIVE, 94",
    "REVOKED, 94",
    "PROTOCOL_ERROR, 105",
    "MALFORMED_PACKET, 105",
    "TOO_MANY_SUBSCRIPTIONS, 154",
    "KEEP_ALIVE_TIMEOUT, 160",
    "NO_DATA, 164",
    "FIRST_PACKET_TOO_LARGE, 165",
    "STORAGE_UNAVAILABLE, 167",
    "NOT_AUTHORIZED, 180",
    "TOPIC_NOT_VALID, 276",
    "PACKET_TOO_LARGE, 287",
    "TAKEN_OVER, 288"
  })
  void each_reason_has_its_close_code(CloseReason reason, int code) {
    watcher.subscribe("iot-2/type/+/id/+/mon");
    watson.admitted(as(pump)).end(reason);
    JsonNode status = json(last(watcher));
    assertThat(status.get("CloseCode").intValue()).isEqualTo(code);
    assertThat(status.get("Reason").stringValue()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource({"V3_1, mqtt3", "V3_1_1, mqtt4", "V5, mqtt5"})
  void the_protocol_is_named(MqttVersion version, String name) {
    watcher.subscribe(MON);
    watson.admitted(as(pump).version(version)).disconnect();
    assertThat(json(last(watcher)).get("Protocol").stringValue()).isEqualTo(name);
    watson.admitted(as(pump).version(version).webSocket());
    assertThat(json(last(watcher)).get("Protocol").stringValue()).isEqualTo(name + "-ws");
  }

  @Test
  void a_devices_state_is_retained_for_later_subscribers() {
    TestClient device = watson.admitted(as(pump));
    watcher.subscribe(MON);
    assertThat(watcher.received()).hasSize(1);
    assertThat(last(watcher).retained()).isTrue();
    assertThat(json(last(watcher)).get("Action").stringValue()).isEqualTo("Connect");
    device.disconnect();
    watcher.forgetReceived();
    watcher.subscribe("iot-2/type/pump/id/+/mon");
    assertThat(json(watcher.received().getFirst()).get("Action").stringValue())
        .isEqualTo("Disconnect");
  }

  @Test
  void a_takeover_that_is_told_late_does_not_make_the_device_look_offline() {
    TestClient first = watson.admitted(as(pump));
    watson.admitted(as(pump));
    first.end(CloseReason.TAKEN_OVER);
    watcher.subscribe(MON);
    assertThat(json(last(watcher)).get("Action").stringValue()).isEqualTo("Connect");
  }

  @Test
  void an_applications_state_is_cleared_when_it_leaves() {
    IssuedApiKey key = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
    TestClient client = watson.admitted(as(key, "app1"));
    watcher.subscribe("iot-2/app/+/mon");
    assertThat(watcher.received())
        .anySatisfy(message -> {
          assertThat(message.topic()).isEqualTo("iot-2/app/app1/mon");
          assertThat(message.retained()).isTrue();
        });
    client.disconnect();
    assertThat(last(watcher).retained()).isFalse();
    assertThat(json(last(watcher)).get("Action").stringValue()).isEqualTo("Disconnect");
    assertThat(watson.broker.retainedTopics(WatsonScopes.full(watson.acme.number())))
        .doesNotContain("iot-2/app/app1/mon");
  }

  @Test
  void a_failed_login_is_told_once_a_minute_without_user_and_not_retained() {
    watcher.subscribe("iot-2/type/+/id/+/mon");
    watson.connect(as(pump).password("wrong-token"));
    watson.connect(as(pump).password("wrong-token"));
    assertThat(watcher.received()).hasSize(1);
    JsonNode status = json(last(watcher));
    assertThat(status.get("Action").stringValue()).isEqualTo("FailedConnect");
    assertThat(status.get("CloseCode").intValue()).isEqualTo(180);
    assertThat(status.has("User")).isFalse();
    assertThat(watson.broker.retainedTopics(WatsonScopes.full(watson.acme.number())))
        .doesNotContain(MON);

    watson.domain.clock.advance(Duration.ofSeconds(61));
    watson.connect(as(pump).password("wrong-token"));
    assertThat(watcher.received()).hasSize(2);
  }

  @Test
  void a_failed_login_of_an_unregistered_device_is_not_told() {
    watcher.subscribe("iot-2/type/+/id/+/mon");
    watson.connect(
        new TestConnect("d:acme01:pump:nobody").user("use-token-auth").password("wrong-token"));
    assertThat(watcher.received()).isEmpty();
  }

  @Test
  void without_connection_read_the_address_is_masked_and_the_user_left_out() {
    TestClient viewer = watson.application(Role.VISUALIZATION);
    assertThat(viewer.subscribe("iot-2/type/+/id/+/mon")).isNotEqualTo(0x80);
    watson.admitted(as(pump));
    JsonNode status = json(last(viewer));
    assertThat(status.get("ClientAddr").stringValue()).isEqualTo("0.0.0.0");
    assertThat(status.has("User")).isFalse();
    assertThat(viewer.received()).hasSize(1);
    assertThat(viewer.subscribe("iot-2/app/+/mon")).isEqualTo(0x80);
  }

  @Test
  void without_device_read_there_is_no_status() {
    TestClient other = watson.application(Role.DEVICE_APPLICATION);
    assertThat(other.subscribe("iot-2/type/+/id/+/mon")).isEqualTo(0x80);
    assertThat(other.subscribe("iot-2/app/+/mon")).isEqualTo(0x80);
  }

  @Test
  void deleting_a_device_clears_its_status_even_when_its_connection_ends_later() {
    watson.admitted(as(pump));
    assertThat(watson.broker.retainedTopics(WatsonScopes.full(watson.acme.number()))).contains(MON);
    watson.domain.registry.delete(
        PlatformFixture.anAdministrator(watson.acme), pump.device().key());
    assertThat(watson.broker.retainedTopics(WatsonScopes.full(watson.acme.number())))
        .doesNotContain(MON);
    assertThat(watson.broker.retainedTopics(WatsonScopes.masked(watson.acme.number())))
        .doesNotContain(MON);
    assertThat(watson.messaging.connectionLog().of(pump.device().key())).isEmpty();
  }
}
