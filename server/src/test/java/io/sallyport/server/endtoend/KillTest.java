package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.server.endtoend.RunningServer.Rest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Kill -9 under load loses nothing that was acknowledged. Longer: {@code -Dsallyport.kill.rounds}.
 */
class KillTest {
  private static final int ROUNDS = Integer.getInteger("sallyport.kill.rounds", 2);
  private static final int ACKNOWLEDGED_MIN = 300;

  @TempDir Path folder = Path.of(".");

  private final AtomicInteger commandsSent = new AtomicInteger();

  /** Commands that were answered with 202: id and number. */
  private final Map<String, Integer> accepted = new ConcurrentHashMap<>();

  @Test
  void what_was_acknowledged_is_there_after_kill_9_under_load() throws Exception {
    List<PublishingDevice> devices = new ArrayList<>();
    devices.add(new PublishingDevice("p1", "token-of-pump-one", 1));
    for (int qos : new int[] {1, 2, 2}) {
      devices.add(
          new PublishingDevice("k" + devices.size(), "token-of-killed-" + devices.size(), qos));
    }
    ChildServer server = ChildServer.start(folder, "");
    try {
      for (int i = 1; i < devices.size(); i++) {
        assertThat(
                server
                    .app()
                    .send(
                        "POST",
                        "/api/v0002/device/types/pump/devices",
                        "{\"deviceId\":\"k" + i + "\",\"authToken\":\"token-of-killed-" + i + "\"}")
                    .statusCode())
            .isEqualTo(201);
      }
      for (int round = 1; round <= ROUNDS; round++) {
        leaveSession(server);
        loadAndKill(server, devices);
        server = ChildServer.start(folder, "");
        checkEvents(server.app(), devices);
        checkCommands(server);
      }
    } finally {
      server.close();
    }
  }

  private void loadAndKill(ChildServer server, List<PublishingDevice> devices) throws Exception {
    List<Thread> load = new ArrayList<>();
    Map<PublishingDevice, Integer> before = new LinkedHashMap<>();
    List<MqttAsyncClient> clients = new ArrayList<>();
    for (PublishingDevice device : devices) {
      before.put(device, device.acknowledged().size());
      MqttAsyncClient client = device.connect(server);
      clients.add(client);
      load.add(Thread.ofPlatform().start(() -> device.publishUntilCut(client)));
    }
    int commandsBefore = accepted.size();
    Rest rest = server.app();
    load.add(Thread.ofPlatform().start(() -> submitUntilCut(rest)));
    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(() -> {
          assertThat(accepted).hasSizeGreaterThanOrEqualTo(commandsBefore + 5);
          before.forEach((device, count) ->
              assertThat(device.acknowledged())
                  .hasSizeGreaterThanOrEqualTo(count + ACKNOWLEDGED_MIN));
        });
    // At some moment of a commit, not always at the same.
    int moment = ThreadLocalRandom.current().nextInt(200);
    System.out.println("killed " + moment + " ms after the load was seen");
    await().pollDelay(Duration.ofMillis(moment)).until(() -> true);
    server.kill();
    for (Thread thread : load) {
      thread.join(Duration.ofSeconds(30));
      assertThat(thread.isAlive()).isFalse();
    }
    for (MqttAsyncClient client : clients) {
      try {
        client.close(true);
      } catch (MqttException cut) {
        // It lost its connection; nothing is left to close.
      }
    }
  }

  private void submitUntilCut(Rest rest) {
    try {
      while (true) {
        int number = commandsSent.incrementAndGet();
        HttpResponse<String> answer =
            rest.send(
                "POST",
                "/api/v1/tenants/acme01/devices/pump/p2/commands",
                "{\"name\":\"count\",\"payload\":{\"n\":" + number + "}}");
        if (answer.statusCode() == 202) {
          accepted.put(rest.json(answer).path("id").asString(), number);
        } else {
          // The device's queue of waiting commands is full.
          assertThat(answer.statusCode()).isIn(409, 429, 503);
          Thread.sleep(20);
        }
      }
    } catch (IllegalStateException cut) {
      // That is how it ends: the server was killed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Commands wait only for a device that asked for it, by a session that outlives connections. */
  private static void leaveSession(ChildServer server) throws MqttException {
    MqttClient waiting = server.paho("d:acme01:pump:p2");
    waiting.connect(persistent(server));
    waiting.subscribe("iot-2/cmd/+/fmt/+", 1);
    waiting.disconnect();
    waiting.close();
  }

  private static MqttConnectOptions persistent(ChildServer server) {
    MqttConnectOptions options = server.login("use-token-auth", "token-of-pump-two");
    options.setCleanSession(false);
    return options;
  }

  private void checkEvents(Rest rest, List<PublishingDevice> devices) {
    for (PublishingDevice device : devices) {
      Map<Integer, Integer> stored = device.stored(rest);
      System.out.println(
          "QoS "
              + device.qos()
              + ": sent "
              + device.sent()
              + ", acknowledged "
              + device.acknowledged().size()
              + ", stored "
              + stored.size());
      assertThat(stored.keySet()).containsAll(device.acknowledged());
      assertThat(stored.keySet()).allSatisfy(n -> assertThat(n).isBetween(1, device.sent()));
      // Nothing was sent again, so nothing is there twice.
      assertThat(stored.values()).containsOnly(1);
    }
  }

  private void checkCommands(ChildServer server) throws MqttException {
    Rest rest = server.app();
    System.out.println("commands accepted: " + accepted.size());
    accepted.forEach((id, number) -> {
      JsonNode command = rest.json(rest.get("/api/v1/tenants/acme01/commands/" + id));
      assertThat(command.path("payload").path("n").asInt()).isEqualTo(number);
      assertThat(command.path("status").asString()).isEqualToIgnoringCase("pending");
    });
    Set<Integer> received = ConcurrentHashMap.newKeySet();
    MqttClient device = server.paho("d:acme01:pump:p2");
    device.setCallback(new CommandNumbers(received));
    device.connect(persistent(server));
    device.subscribe("iot-2/cmd/+/fmt/+", 1);
    await().untilAsserted(() -> assertThat(received).containsAll(accepted.values()));
    device.disconnect();
    device.close();
    accepted.clear();
  }

  private record CommandNumbers(Set<Integer> received) implements MqttCallback {
    @Override
    public void connectionLost(Throwable cause) {}

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      received.add(JsonMapper.builder().build().readTree(message.getPayload()).path("n").asInt());
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
  }
}
