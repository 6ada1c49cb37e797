package io.sallyport.watson.messaging;

import static io.sallyport.watson.testing.WatsonFixture.as;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandStatus;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.watson.testing.TestAck;
import io.sallyport.watson.testing.TestClient;
import io.sallyport.watson.testing.TestClient.Received;
import io.sallyport.watson.testing.WatsonFixture;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** watson-iot.md sections 4 and 5.1. */
class DeviceBindingTest {
  private final WatsonFixture watson = new WatsonFixture();
  private final RegisteredDevice pump = watson.pump("p1");
  private final TestClient application = watson.application(Role.STANDARD_APPLICATION);

  @AfterEach
  void close() {
    watson.close();
  }

  private List<Event> stored(RegisteredDevice device) {
    return watson
        .history
        .history(
            device.device().key(),
            device.device().number(),
            watson.acme.number(),
            EventQuery.ALL,
            PageRequest.first(100))
        .items()
        .stream()
        .map(stored -> stored.event())
        .toList();
  }

  @Test
  void an_event_is_stored_acknowledged_and_shown_under_the_long_topic() {
    application.subscribe("iot-2/type/+/id/+/evt/+/fmt/+", Qos.EXACTLY_ONCE);
    TestClient device = watson.admitted(as(pump));

    TestAck ack = device.publish("iot-2/evt/status/fmt/json", "{\"t\":1}", Qos.AT_LEAST_ONCE);

    assertThat(ack.answer()).isEqualTo(TestAck.ACCEPTED);
    assertThat(application.received())
        .containsExactly(
            new Received(
                "iot-2/type/pump/id/p1/evt/status/fmt/json",
                "{\"t\":1}",
                Qos.AT_LEAST_ONCE,
                false));
    assertThat(stored(pump))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.timeMillis()).isEqualTo(watson.domain.clock.millis());
          assertThat(event.sentBy()).isNull();
          assertThat(event.qos()).isEqualTo(1);
        });
  }

  @Test
  void the_retained_flag_is_dropped() {
    watson.admitted(as(pump)).publish("iot-2/evt/status/fmt/json", "{}");
    assertThat(watson.broker.routed())
        .filteredOn(routed -> routed.message().topic().contains("/evt/"))
        .singleElement()
        .satisfies(routed -> assertThat(routed.message().retained()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iot-2/type/pump/id/p2/evt/status/fmt/json",
        "iot-2/type/pump/id/p1/evt/status/fmt/json",
        "iot-2/cmd/reset/fmt/json",
        "iot-2/type/pump/id/p2/mon"
      })
  void publish_to_another_devices_topic_closes_and_reaches_nobody(String topic) {
    application.subscribe("iot-2/type/+/id/+/evt/+/fmt/+");
    application.subscribe("iot-2/type/+/id/+/cmd/+/fmt/+");
    RegisteredDevice other = watson.pump("p2");
    TestClient device = watson.admitted(as(pump));

    TestAck ack = device.publish(topic, "{}");

    assertThat(ack.answer()).isEqualTo("close NOT_AUTHORIZED");
    assertThat(device.closeReason()).isEqualTo(CloseReason.NOT_AUTHORIZED);
    assertThat(application.received()).isEmpty();
    assertThat(stored(pump)).isEmpty();
    assertThat(stored(other)).isEmpty();
  }

  @Test
  void publish_to_no_topic_of_the_contract_closes_as_topic_not_valid() {
    TestClient device = watson.admitted(as(pump));
    assertThat(device.publish("hello/world", "{}").answer()).isEqualTo("close TOPIC_NOT_VALID");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"#", "iot-2/type/+/id/+/evt/+/fmt/+", "iot-2/type/pump/id/p2/cmd/+/fmt/+", "x"})
  void a_filter_of_others_is_refused_and_the_connection_stays(String filter) {
    TestClient device = watson.admitted(as(pump));
    assertThat(device.subscribe(filter)).isEqualTo(0x80);
    assertThat(device.closeReason()).isNull();
  }

  @Test
  void a_command_reaches_the_device_on_the_short_topic_at_the_lower_qos() {
    TestClient device = watson.admitted(as(pump));
    assertThat(device.subscribe("iot-2/cmd/+/fmt/+", Qos.AT_LEAST_ONCE)).isEqualTo(1);

    TestAck ack =
        application.publish(
            "iot-2/type/pump/id/p1/cmd/reset/fmt/json", "{\"now\":true}", Qos.EXACTLY_ONCE);

    assertThat(ack.answer()).isEqualTo(TestAck.ACCEPTED);
    assertThat(device.received())
        .containsExactly(
            new Received("iot-2/cmd/reset/fmt/json", "{\"now\":true}", Qos.AT_LEAST_ONCE, false));
    assertThat(onlyCommand().status()).isEqualTo(CommandStatus.DELIVERED);
  }

  private Command onlyCommand() {
    List<Command> commands =
        watson.domain.commandStore.list(pump.device().key(), PageRequest.first(10)).items();
    assertThat(commands).hasSize(1);
    return commands.getFirst();
  }

  @Test
  void a_command_for_which_nothing_is_subscribed_is_not_sent() {
    TestClient device = watson.admitted(as(pump));
    device.subscribe("iot-2/cmd/other/fmt/+");
    application.publish("iot-2/type/pump/id/p1/cmd/reset/fmt/json", "{}");
    assertThat(device.received()).isEmpty();
  }

  @Test
  void a_command_waits_for_a_device_with_a_persistent_session() {
    TestClient first = watson.admitted(as(pump).persistent());
    first.subscribe("iot-2/cmd/+/fmt/+");
    first.end(CloseReason.CONNECTION_LOST);

    application.publish("iot-2/type/pump/id/p1/cmd/reset/fmt/json", "{}");
    assertThat(onlyCommand().status()).isEqualTo(CommandStatus.PENDING);

    TestClient second = watson.unopened(as(pump).persistent());
    second.open(List.of(new HeldSubscription("iot-2/cmd/+/fmt/+", Qos.AT_LEAST_ONCE)));
    assertThat(second.received()).hasSize(1);
    assertThat(onlyCommand().status()).isEqualTo(CommandStatus.DELIVERED);
  }

  @Test
  void a_command_to_an_absent_device_without_session_ends_at_once() {
    TestClient device = watson.admitted(as(pump));
    device.subscribe("iot-2/cmd/+/fmt/+");
    device.disconnect();
    application.publish("iot-2/type/pump/id/p1/cmd/reset/fmt/json", "{}");
    assertThat(onlyCommand().status()).isEqualTo(CommandStatus.UNDELIVERABLE);
  }

  @Test
  void after_unsubscribing_no_command_comes() {
    TestClient device = watson.admitted(as(pump));
    device.subscribe("iot-2/cmd/+/fmt/+");
    device.admitted().binding().unsubscribed("iot-2/cmd/+/fmt/+");
    application.publish("iot-2/type/pump/id/p1/cmd/reset/fmt/json", "{}");
    assertThat(device.received()).isEmpty();
  }

  @Test
  void acknowledgements_are_held_while_the_store_takes_nothing_and_order_is_kept() {
    application.subscribe("iot-2/type/+/id/+/evt/+/fmt/+");
    TestClient device = watson.admitted(as(pump));
    watson.ingest.pause();
    TestAck one = device.publish("iot-2/evt/a/fmt/json", "1");
    TestAck two = device.publish("iot-2/evt/a/fmt/json", "2");
    assertThat(one.answer()).isEqualTo(TestAck.OPEN);
    assertThat(two.answer()).isEqualTo(TestAck.OPEN);

    watson.ingest.resume();

    assertThat(one.answer()).isEqualTo(TestAck.ACCEPTED);
    assertThat(two.answer()).isEqualTo(TestAck.ACCEPTED);
    device.publish("iot-2/evt/a/fmt/json", "3");
    assertThat(application.received()).extracting(Received::payload).containsExactly("1", "2", "3");
  }

  @Test
  void what_waited_when_the_connection_ended_is_not_stored_behind_the_clients_back() {
    TestClient device = watson.admitted(as(pump));
    watson.ingest.pause();
    TestAck ack = device.publish("iot-2/evt/a/fmt/json", "1");
    device.end(CloseReason.STORAGE_UNAVAILABLE);
    watson.ingest.resume();
    assertThat(ack.answer()).isEqualTo(TestAck.OPEN);
    assertThat(stored(pump)).isEmpty();
  }

  @Test
  void a_storage_fault_closes_without_acknowledging() {
    TestClient device = watson.admitted(as(pump));
    watson.ingest.failWith(new Problem(Problem.Code.STORAGE_FAILED, "disk"));
    assertThat(device.publish("iot-2/evt/a/fmt/json", "1").answer())
        .isEqualTo("close STORAGE_UNAVAILABLE");
  }

  @Test
  void a_management_request_is_answered_that_it_is_not_offered() {
    TestClient device = watson.admitted(as(pump));
    assertThat(device.subscribe("iotdm-1/#")).isEqualTo(1);

    device.publish("iotdevice-1/mgmt/manage", "{\"d\":{},\"reqId\":\"r-1\"}");

    assertThat(device.closeReason()).isNull();
    assertThat(device.received())
        .singleElement()
        .satisfies(answer -> {
          assertThat(answer.topic()).isEqualTo("iotdm-1/response");
          assertThat(answer.payload()).contains("\"rc\":404", "\"reqId\":\"r-1\"");
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "not json", "{\"reqId\":5}", "[", ""})
  void a_management_request_without_request_id_gets_no_answer(String payload) {
    TestClient device = watson.admitted(as(pump));
    device.subscribe("iotdm-1/#");
    device.publish("iotdevice-1/mgmt/manage", payload);
    assertThat(device.received()).isEmpty();
    assertThat(device.closeReason()).isNull();
  }

  @Test
  void the_will_is_an_event_of_the_device() {
    application.subscribe("iot-2/type/+/id/+/evt/+/fmt/+");
    TestClient device = watson.admitted(as(pump).will("iot-2/evt/bye/fmt/json", "{}"));
    device
        .admitted()
        .binding()
        .publishWill(Message.of("iot-2/evt/bye/fmt/json", new byte[] {'1'}, Qos.AT_LEAST_ONCE));
    assertThat(application.received())
        .extracting(Received::topic)
        .containsExactly("iot-2/type/pump/id/p1/evt/bye/fmt/json");
  }

  @Test
  void a_revoked_device_publishes_nothing_more() {
    TestClient device = watson.admitted(as(pump));
    watson.domain.registry.setEnabled(
        PlatformFixture.anAdministrator(watson.acme), pump.device().key(), false);
    assertThat(device.closeReason()).isEqualTo(CloseReason.REVOKED);
    assertThat(device.publish("iot-2/evt/a/fmt/json", "1").answer()).isEqualTo("close REVOKED");
    assertThat(stored(pump)).isEmpty();
  }

  @Test
  void a_message_of_the_tenants_scope_is_never_delivered_to_a_device() {
    TestClient device = watson.admitted(as(pump));
    assertThat(
            device
                .admitted()
                .binding()
                .mayDeliver(
                    Message.of(
                        "iot-2/type/pump/id/p2/evt/x/fmt/json", new byte[0], Qos.AT_MOST_ONCE)))
        .isFalse();
  }
}
