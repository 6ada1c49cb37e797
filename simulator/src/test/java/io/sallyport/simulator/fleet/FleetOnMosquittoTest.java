package io.sallyport.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.Secret;
import io.sallyport.simulator.figures.MessageLedger;
import io.sallyport.simulator.load.TestBroker;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetOnMosquittoTest {
  private static final int DEVICES = 5;

  private final MessageLedger ledger = new MessageLedger();
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final List<DeviceLogin> logins =
      IntStream.range(0, DEVICES)
          .mapToObj(i -> new DeviceLogin("room", "room-" + i, Secret.of("token")))
          .toList();
  private TestBroker broker;
  private MqttClients clients;
  private Fleet fleet;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.startOrSkip();
    clients = new MqttClients(broker.endpoint(), "acme01");
    fleet = fleet(Duration.ZERO);
  }

  @AfterEach
  void stop() throws Exception {
    fleet.close();
    broker.close();
  }

  private Fleet fleet(Duration spellEvery) {
    return new Fleet(
        new FleetPlan(200, 1, Duration.ofMinutes(2), spellEvery, 1),
        clients,
        logins,
        ledger,
        (device, name, payload, result) -> commands.add(device + " " + name + " " + result),
        Clock.systemUTC());
  }

  private Mqtt3AsyncClient listener(List<String> events) throws Exception {
    Mqtt3AsyncClient listener =
        clients.device(new DeviceLogin("room", "listener", Secret.of("t"))).buildAsync();
    listener.connect().get(10, TimeUnit.SECONDS);
    listener
        .subscribeWith()
        .topicFilter("iot-2/evt/ack/fmt/json")
        .qos(MqttQos.AT_LEAST_ONCE)
        .callback(
            event -> events.add(new String(event.getPayloadAsBytes(), StandardCharsets.UTF_8)))
        .send()
        .get(10, TimeUnit.SECONDS);
    return listener;
  }

  @Test
  void every_device_reports_at_the_rate_and_is_acknowledged() throws Exception {
    assertThat(fleet.connect(Duration.ofSeconds(20))).isTrue();
    await().until(() -> fleet.figures().connected() == DEVICES);
    fleet.start();
    await().until(() -> fleet.figures().acknowledged() > 100);
    fleet.pause();
    await().until(() -> fleet.figures().acknowledged() == fleet.figures().sent());
    // Nobody listens on the application's side of this broker: all of it is missing there.
    assertThat(ledger.acknowledgedNotReceived()).isEqualTo(fleet.figures().sent());
  }

  private void assertAllObey(String correlation) throws Exception {
    List<String> answers = new CopyOnWriteArrayList<>();
    Mqtt3AsyncClient listener = listener(answers);
    String command = "{\"correlation\":\"" + correlation + "\",\"celsius\":23.5}";
    listener
        .publishWith()
        .topic("iot-2/cmd/setpoint/fmt/json")
        .qos(MqttQos.AT_LEAST_ONCE)
        .payload(command.getBytes(StandardCharsets.UTF_8))
        .send()
        .get(10, TimeUnit.SECONDS);
    // This broker has no organizations, so all devices hear the one command.
    await().until(() -> answers.size() == DEVICES);
    assertThat(answers)
        .allSatisfy(answer ->
            assertThat(answer)
                .contains(
                    "\"correlation\":\"" + correlation + "\"",
                    "\"result\":\"done\"",
                    "\"setpoint\":23.5"));
    listener.disconnect().get(10, TimeUnit.SECONDS);
  }

  @Test
  void a_command_is_carried_out_and_answered_with_its_correlation() throws Exception {
    assertThat(fleet.connect(Duration.ofSeconds(20))).isTrue();
    await().until(() -> fleet.figures().connected() == DEVICES);
    assertAllObey("c7");
    assertThat(commands).hasSize(DEVICES).contains("room-0 setpoint done");
  }

  @Test
  void devices_take_spells_offline_and_come_back() throws Exception {
    fleet.close();
    fleet = fleet(Duration.ofMillis(200));
    assertThat(fleet.connect(Duration.ofSeconds(20))).isTrue();
    fleet.start();
    await().until(() -> fleet.figures().spells() > 2 && fleet.figures().connected() < DEVICES);
    fleet.pause();
    await().atMost(Duration.ofSeconds(20)).until(() -> fleet.figures().connected() == DEVICES);
  }

  @Test
  void every_device_obeys_after_its_spell_offline() throws Exception {
    fleet.close();
    fleet = fleet(Duration.ofMillis(100));
    assertThat(fleet.connect(Duration.ofSeconds(20))).isTrue();
    fleet.start();
    await().atMost(Duration.ofSeconds(20)).until(() -> fleet.figures().spells() > DEVICES);
    fleet.pause();
    await().atMost(Duration.ofSeconds(20)).until(() -> fleet.figures().connected() == DEVICES);
    assertAllObey("after the spells");
  }

  @Test
  void devices_reconnect_when_the_broker_comes_back() throws Exception {
    assertThat(fleet.connect(Duration.ofSeconds(20))).isTrue();
    await().until(() -> fleet.figures().connected() == DEVICES);
    broker.restart();
    await().until(() -> fleet.figures().reconnects() >= DEVICES);
    await().atMost(Duration.ofSeconds(30)).until(() -> fleet.figures().connected() == DEVICES);
    assertAllObey("after the restart");
  }
}
