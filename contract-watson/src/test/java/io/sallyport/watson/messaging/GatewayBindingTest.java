package io.sallyport.watson.messaging;

import static io.sallyport.watson.testing.WatsonFixture.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.watson.testing.TestAck;
import io.sallyport.watson.testing.TestClient;
import io.sallyport.watson.testing.TestClient.Received;
import io.sallyport.watson.testing.WatsonFixture;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** watson-iot.md section 5.2 and THREATS T33. */
class GatewayBindingTest {
  private static final String NOTIFY = "iot-2/type/gw/id/g1/notify";

  private final WatsonFixture watson = new WatsonFixture();
  private final RegisteredDevice gateway = watson.gateway("g1");
  private final RegisteredDevice child = watson.child("s1", gateway);
  private final TestClient application = watson.application(Role.STANDARD_APPLICATION);

  @AfterEach
  void close() {
    watson.close();
  }

  private TestClient connected() {
    TestClient client = watson.admitted(as(gateway));
    client.subscribe(NOTIFY, Qos.AT_MOST_ONCE);
    return client;
  }

  @Test
  void a_gateway_publishes_for_itself_and_for_devices_behind_it() {
    application.subscribe("iot-2/type/+/id/+/evt/+/fmt/+");
    TestClient client = connected();
    assertThat(client.publish("iot-2/type/gw/id/g1/evt/a/fmt/json", "1").answer())
        .isEqualTo(TestAck.ACCEPTED);
    assertThat(client.publish("iot-2/type/sensor/id/s1/evt/a/fmt/json", "2").answer())
        .isEqualTo(TestAck.ACCEPTED);
    assertThat(application.received())
        .extracting(Received::topic, Received::payload)
        .containsExactly(
            tuple("iot-2/type/gw/id/g1/evt/a/fmt/json", "1"),
            tuple("iot-2/type/sensor/id/s1/evt/a/fmt/json", "2"));
    assertThat(watson.history.read(watson.acme.number(), 0, 10))
        .extracting(stored -> stored.event().sentBy())
        .containsExactly(null, "gateway:gw/g1");
    assertThat(client.received()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iot-2/type/pump/id/p1/evt/a/fmt/json",
        "iot-2/type/sensor/id/of-another/evt/a/fmt/json",
        "iot-2/type/sensor/id/nobody/evt/a/fmt/json",
        "iot-2/type/gw/id/g2/evt/a/fmt/json"
      })
  void publishing_for_others_is_told_by_notice_and_dropped_and_the_connection_stays(String topic) {
    watson.pump("p1");
    watson.child("of-another", watson.gateway("g2"));
    application.subscribe("iot-2/type/+/id/+/evt/+/fmt/+");
    TestClient client = connected();

    assertThat(client.publish(topic, "{}").answer()).isEqualTo("refused 0x87");

    assertThat(client.closeReason()).isNull();
    assertThat(application.received()).isEmpty();
    assertThat(client.received())
        .singleElement()
        .satisfies(notice -> {
          assertThat(notice.topic()).isEqualTo(NOTIFY);
          assertThat(notice.qos()).isEqualTo(Qos.AT_MOST_ONCE);
          assertThat(notice.payload())
              .contains(
                  "\"Request\":\"publish\"",
                  "\"Topic\":\"" + topic + "\"",
                  "\"Type\":",
                  "\"Id\":",
                  "\"Client\":\"g:acme01:gw:g1\"",
                  "\"RC\":180",
                  "\"Message\":",
                  "\"Time\":\"2026-11-20T10:00:00.000Z\"");
        });
  }

  @Test
  void a_notice_about_an_unreadable_topic_has_no_type_and_id() {
    TestClient client = connected();
    assertThat(client.publish("hello", "{}").answer()).isEqualTo("refused 0x87");
    assertThat(client.received())
        .singleElement()
        .satisfies(notice ->
            assertThat(notice.payload())
                .contains("\"RC\":276")
                .doesNotContain("\"Type\"", "\"Id\""));
  }

  @Test
  void a_gateway_without_notify_subscription_gets_no_notice() {
    TestClient client = watson.admitted(as(gateway));
    client.publish("iot-2/type/sensor/id/nobody/evt/a/fmt/json", "{}");
    assertThat(client.received()).isEmpty();
  }

  @Test
  void commands_to_itself_and_its_devices_come_under_the_long_topic() {
    TestClient client = connected();
    assertThat(client.subscribe("iot-2/type/+/id/+/cmd/+/fmt/+", Qos.AT_LEAST_ONCE)).isEqualTo(1);
    application.publish("iot-2/type/gw/id/g1/cmd/x/fmt/json", "1");
    application.publish("iot-2/type/sensor/id/s1/cmd/x/fmt/json", "2");
    assertThat(client.received())
        .containsExactly(
            new Received("iot-2/type/gw/id/g1/cmd/x/fmt/json", "1", Qos.AT_LEAST_ONCE, false),
            new Received("iot-2/type/sensor/id/s1/cmd/x/fmt/json", "2", Qos.AT_LEAST_ONCE, false));
  }

  @Test
  void commands_to_devices_of_others_do_not_come() {
    watson.pump("p1");
    watson.child("of-another", watson.gateway("g2"));
    TestClient client = connected();
    client.subscribe("iot-2/type/+/id/+/cmd/+/fmt/+");
    application.publish("iot-2/type/pump/id/p1/cmd/x/fmt/json", "1");
    application.publish("iot-2/type/sensor/id/of-another/cmd/x/fmt/json", "2");
    assertThat(client.received()).isEmpty();
  }

  @Test
  void subscribing_to_a_device_of_others_is_told_by_notice_and_gives_nothing() {
    watson.pump("p1");
    TestClient client = connected();
    client.subscribe("iot-2/type/pump/id/p1/cmd/+/fmt/+");
    application.publish("iot-2/type/pump/id/p1/cmd/x/fmt/json", "1");
    assertThat(client.received())
        .singleElement()
        .satisfies(notice ->
            assertThat(notice.payload())
                .contains("\"Request\":\"subscribe\"", "\"Type\":\"pump\"", "\"Id\":\"p1\""));
  }

  @Test
  void a_device_put_behind_the_gateway_later_is_spoken_for() {
    TestClient client = connected();
    client.publish("iot-2/type/sensor/id/s2/evt/a/fmt/json", "1");
    watson.child("s2", gateway);
    // What is not there is remembered for one second only.
    watson.domain.clock.advance(Duration.ofSeconds(2));
    assertThat(client.publish("iot-2/type/sensor/id/s2/evt/a/fmt/json", "2").answer())
        .isEqualTo(TestAck.ACCEPTED);
  }

  @Test
  void a_deleted_or_disabled_device_is_no_longer_spoken_for() {
    TestClient client = connected();
    assertThat(client.publish("iot-2/type/sensor/id/s1/evt/a/fmt/json", "1").answer())
        .isEqualTo(TestAck.ACCEPTED);
    watson.domain.registry.setEnabled(
        PlatformFixture.anAdministrator(watson.acme), child.device().key(), false);
    assertThat(client.publish("iot-2/type/sensor/id/s1/evt/a/fmt/json", "2").answer())
        .isEqualTo("refused 0x87");
    watson.domain.registry.delete(
        PlatformFixture.anAdministrator(watson.acme), child.device().key());
    assertThat(client.publish("iot-2/type/sensor/id/s1/evt/a/fmt/json", "3").answer())
        .isEqualTo("refused 0x87");
  }

  @Test
  void its_own_status_is_granted_without_addresses_and_that_of_others_refused() {
    watson.pump("p1");
    TestClient client = connected();
    assertThat(client.subscribe("iot-2/type/gw/id/g1/mon", Qos.AT_MOST_ONCE)).isZero();
    assertThat(client.received())
        .singleElement()
        .satisfies(status -> assertThat(status.payload()).contains("\"ClientAddr\":\"0.0.0.0\""));
    assertThat(client.subscribe("iot-2/type/pump/id/p1/mon")).isEqualTo(0x80);
    assertThat(client.subscribe("iot-2/type/+/id/+/mon")).isEqualTo(0x80);
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "iot-2/type/+/id/+/evt/+/fmt/+", "iot-2/type/gw/id/g2/notify"})
  void a_filter_that_gateways_do_not_have_is_refused(String filter) {
    TestClient client = connected();
    assertThat(client.subscribe(filter)).isEqualTo(0x80);
    assertThat(client.closeReason()).isNull();
  }

  @Test
  void a_management_request_is_answered_under_the_devices_topic() {
    TestClient client = connected();
    client.subscribe("iotdm-1/type/+/id/+/#");
    client.publish("iotdevice-1/type/sensor/id/s1/mgmt/manage", "{\"reqId\":\"r\"}");
    assertThat(client.received())
        .extracting(Received::topic)
        .isEqualTo(List.of("iotdm-1/type/sensor/id/s1/response"));
  }

  @Test
  void after_the_gateway_left_commands_to_its_devices_have_no_way() {
    TestClient client = connected();
    client.subscribe("iot-2/type/+/id/+/cmd/+/fmt/+");
    client.disconnect();
    application.publish("iot-2/type/sensor/id/s1/cmd/x/fmt/json", "1");
    assertThat(client.received()).isEmpty();
  }

  @Test
  void a_queued_command_for_a_device_of_others_stays_back_whatever_its_format_is_called() {
    RegisteredDevice pump = watson.pump("p1");
    TestClient client = connected();
    Message queued =
        Message.of("iot-2/type/pump/id/p1/cmd/x/fmt/notify", new byte[0], Qos.AT_LEAST_ONCE);
    assertThat(client.admitted().binding().mayDeliver(queued)).isFalse();
    assertThat(watson.messaging.directory().remembered(pump.device().key())).isNotNull();
    assertThat(client.admitted().binding().mayDeliver(queued)).isFalse();
  }

  @Test
  void a_queued_command_for_its_device_is_offered_again_when_the_answer_was_forgotten() {
    TestClient client = connected();
    client.subscribe("iot-2/type/+/id/+/cmd/+/fmt/+");
    Message queued =
        Message.of("iot-2/type/sensor/id/s1/cmd/x/fmt/json", new byte[0], Qos.AT_LEAST_ONCE);
    watson.domain.clock.advance(Duration.ofSeconds(6));
    assertThat(client.admitted().binding().mayDeliver(queued)).isFalse();
    assertThat(client.admitted().binding().mayDeliver(queued)).isTrue();
  }
}
