package io.sallyport.plain;

import static io.sallyport.platform.testing.PlatformFixture.aSource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.space.Bridge;
import io.sallyport.platform.space.Bridge.Direction;
import io.sallyport.platform.telemetry.AppendListener;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.telemetry.StoredEvent;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** THREATS T37: bridges carry what their author may carry now, and never in circles. */
class BridgeTest {
  private final PlainFixture fixture = new PlainFixture();
  private final IssuedApiKey key = fixture.platform.anApiKey(fixture.acme, Role.ADMINISTRATOR);
  private final Device pump = fixture.platform.aDevice(fixture.acme).register().device();
  private final Device other =
      fixture.platform.aDevice(fixture.acme).withId("p2").register().device();

  BridgeTest() {
    fixture.aCredential("tester", "allow both #");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Principal author() {
    if (fixture.platform.keyAuthenticator.authenticate(key.key().key(), key.token(), aSource())
        instanceof Authentication.Granted granted) {
      return granted.principal();
    }
    throw new AssertionError("refused");
  }

  private Bridge bridge(String name, Direction direction, String topic, String event) {
    Bridge made =
        fixture.platform.plainSpaces.createBridge(
            author(),
            fixture.acme.id(),
            "plain",
            new Bridge.Plan(
                name,
                direction,
                topic,
                pump.key(),
                event,
                direction == Direction.TO_EVENT ? "json" : "+"));
    fixture.messaging.reviewBridges();
    return made;
  }

  private List<StoredEvent> events() {
    return fixture
        .log
        .tenantHistory(fixture.acme.number(), EventQuery.ALL, PageRequest.first(100))
        .items();
  }

  private static void publish(RawMqttClient client, String topic, String payload, int id) {
    client.sendPublish(topic, payload, 1, id);
    assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(id);
  }

  private void append(Device device, String name) {
    fixture.ingest.submit(
        new Event(
            device.key(),
            fixture.acme.number(),
            device.number(),
            name,
            "json",
            Payload.utf8("{}"),
            0,
            null,
            1),
        AppendListener.NONE);
  }

  @Test
  void a_message_becomes_an_event_that_is_durable_before_it_is_acknowledged_and_says_who_sent_it() {
    Bridge bridge = bridge("in", Direction.TO_EVENT, "in/#", "state");

    try (RawMqttClient client = fixture.client("tester", "c1")) {
      publish(client, "in/a", "{\"n\":1}", 1);
      assertThat(events())
          .singleElement()
          .satisfies(stored -> {
            assertThat(stored.event().device()).isEqualTo(pump.key());
            assertThat(stored.event().name()).isEqualTo("state");
            assertThat(stored.event().payload()).isEqualTo(Payload.utf8("{\"n\":1}"));
            assertThat(stored.event().sentBy()).isEqualTo("bridge:plain/in#" + bridge.number());
          });
      publish(client, "out/a", "{}", 2);
      assertThat(events()).hasSize(1);
    }
  }

  @Test
  void while_the_log_takes_nothing_the_message_is_not_acknowledged() {
    bridge("in", Direction.TO_EVENT, "in/#", "state");
    fixture.log.failWith(new Problem(Problem.Code.STORAGE_FAILED, "as the test asked"));

    try (RawMqttClient client = fixture.client("tester", "c1")) {
      client.sendPublish("in/a", "{}", 1, 1);
      client.expectNothingBeforePong();
      fixture.log.recover();
      assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
    }
  }

  /** MESSAGING section 5: a crash between the events and the copies doubles and loses nothing. */
  @Test
  void a_qos_2_message_is_an_event_of_each_bridge_once_also_when_a_crash_came_between() {
    bridge("in", Direction.TO_EVENT, "in/#", "state");
    bridge("also", Direction.TO_EVENT, "in/#", "other");
    try (RawMqttClient reader = fixture.raw();
        RawMqttClient client = fixture.raw()) {
      reader.login(PlainFixture.connect("tester", "reader").clean(false));
      reader.subscribe(1, 2, "in/#");
      client.login(PlainFixture.connect("tester", "c1").clean(false));
      fixture.losesWhatComes();
      client.sendPublish("in/a", "{}", 2, 7);
      await().until(() -> events().size() == 2);
      fixture.restart();
    }
    try (RawMqttClient reader = fixture.raw();
        RawMqttClient client = fixture.raw()) {
      assertThat(reader.login(PlainFixture.connect("tester", "reader").clean(false))).isTrue();
      assertThat(client.login(PlainFixture.connect("tester", "c1").clean(false))).isTrue();
      client.send(RawMqttClient.publish("in/a", "{}", 2, 7, false, true));
      assertThat(client.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
      assertThat(events())
          .extracting(stored -> stored.event().name())
          .containsExactlyInAnyOrder("state", "other");
      assertThat(reader.expectPublish().topic()).isEqualTo("in/a");
      reader.expectNothingBeforePong();
      client.sendAck(RawMqttClient.PUBREL, 7);
      assertThat(client.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(7);
      client.sendPublish("in/a", "{}", 2, 7);
      assertThat(client.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
      assertThat(events()).hasSize(4);
    }
  }

  @Test
  void each_event_of_a_qos_2_message_is_written_with_the_note_how_far_it_has_come() {
    bridge("in", Direction.TO_EVENT, "in/#", "state");
    Bridge also = bridge("also", Direction.TO_EVENT, "in/#", "other");
    try (RawMqttClient client = fixture.raw()) {
      client.login(PlainFixture.connect("tester", "c1").clean(false));
      client.sendPublish("in/a", "{}", 2, 7);
      assertThat(client.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
    }
    assertThat(fixture.log.markers()).hasSize(2);
    assertThat(fixture.log.markers().getLast().value()).endsWith((byte) also.number());
  }

  @Test
  void events_of_the_named_device_come_back_and_no_others() {
    bridge("out", Direction.FROM_EVENT, "out/%e/%f", "+");

    try (RawMqttClient client = fixture.client("tester", "c1")) {
      assertThat(client.subscribe(1, 0, "#")).isEqualTo("00");
      append(other, "state");
      append(pump, "state");
      assertThat(client.expectPublish().topic()).isEqualTo("out/state/json");
      client.expectNothingBeforePong();
    }
  }

  @Test
  void two_bridges_that_feed_each_other_carry_a_message_once_each() {
    bridge("in", Direction.TO_EVENT, "loop/#", "state");
    bridge("out", Direction.FROM_EVENT, "loop/back", "state");

    try (RawMqttClient publisher = fixture.client("tester", "c2");
        RawMqttClient client = fixture.client("tester", "c1")) {
      assertThat(client.subscribe(1, 0, "loop/#")).isEqualTo("00");
      publish(publisher, "loop/a", "{}", 1);
      assertThat(List.of(client.expectPublish().topic(), client.expectPublish().topic()))
          .containsExactly("loop/a", "loop/back");
      client.expectNothingBeforePong();
      assertThat(events()).hasSize(1);
      assertThat(fixture.meters.get("sallyport.plain.bridge.loops").counter().count()).isEqualTo(1);
    }
  }

  @Test
  void a_path_ends_after_eight_bridges() {
    Bridge last = bridge("in", Direction.TO_EVENT, "a", "state");
    BridgePath seven = new BridgePath(List.of(101L, 102L, 103L, 104L, 105L, 106L, 107L));

    BridgePath eight = seven.then(last).orElseThrow();
    Bridge another = bridge("in2", Direction.TO_EVENT, "a", "state");

    assertThat(eight.then(another)).isEmpty();
    assertThat(BridgePath.of(eight.sentBy(last))).isEqualTo(eight);
    assertThat(BridgePath.of(null)).isEqualTo(BridgePath.NONE);
    assertThat(BridgePath.of("key:a-acme01-abcdefghij")).isEqualTo(BridgePath.NONE);
  }

  @Test
  void a_bridge_stops_when_its_author_loses_the_right_and_stays_stopped() {
    bridge("in", Direction.TO_EVENT, "in/#", "state");

    try (RawMqttClient client = fixture.client("tester", "c1")) {
      publish(client, "in/a", "{}", 1);
      fixture.platform.apiKeys.changeRoles(
          fixture.admin(), fixture.acme.id(), key.key().key(), Set.of(Role.READER.id()));
      fixture.messaging.reviewBridges();
      publish(client, "in/a", "{}", 2);
      assertThat(events()).hasSize(1);

      fixture.platform.apiKeys.changeRoles(
          fixture.admin(), fixture.acme.id(), key.key().key(), Set.of(Role.ADMINISTRATOR.id()));
      fixture.messaging.reviewBridges();
      publish(client, "in/a", "{}", 3);
      assertThat(events()).hasSize(1);

      fixture.platform.plainSpaces.startBridge(author(), fixture.acme.id(), "plain", "in");
      await()
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(() -> {
            publish(client, "in/a", "{}", 4);
            assertThat(events()).hasSizeGreaterThan(1);
          });
    }
    assertThat(
            fixture
                .platform
                .plainSpaceStore
                .findBridge(fixture.acme.id(), "plain", "in")
                .orElseThrow()
                .stopped())
        .isEmpty();
    assertThat(fixture.platform.auditOf(fixture.acme).toString()).contains("bridge.stop");
  }

  @Test
  void a_bridge_of_a_deleted_device_does_not_serve_its_namesake() {
    bridge("in", Direction.TO_EVENT, "in/#", "state");
    fixture.platform.registry.delete(fixture.admin(), pump.key());
    fixture.messaging.reviewBridges();
    fixture.platform.aDevice(fixture.acme).register();
    fixture.messaging.reviewBridges();

    try (RawMqttClient client = fixture.client("tester", "c1")) {
      publish(client, "in/a", "{}", 1);
      assertThat(events()).isEmpty();
    }
    assertThat(DeviceKey.of("acme01", "pump", "p1")).isEqualTo(pump.key());
  }
}
