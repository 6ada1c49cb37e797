package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sallyport.server.endtoend.RunningServer.Rest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import tools.jackson.databind.JsonNode;

/** A device that counts its events, and remembers which of them were acknowledged. */
final class PublishingDevice {
  static final int IN_FLIGHT = 60;

  private final String id;
  private final String token;
  private final int qos;
  private final AtomicInteger sent = new AtomicInteger();
  private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();

  PublishingDevice(String id, String token, int qos) {
    this.id = id;
    this.token = token;
    this.qos = qos;
  }

  MqttAsyncClient connect(ChildServer server) throws MqttException {
    // Paho counts a message for a moment longer than its acknowledgement takes.
    return server.asyncDevice(id, token, 2 * IN_FLIGHT);
  }

  int qos() {
    return qos;
  }

  int sent() {
    return sent.get();
  }

  Set<Integer> acknowledged() {
    return acknowledged;
  }

  /** Sends the next event; an acknowledgement is noted when it comes, then {@code over} runs. */
  void publish(MqttAsyncClient client, int fillBytes, Runnable over) throws MqttException {
    int number = sent.incrementAndGet();
    client.publish(
        "iot-2/evt/count/fmt/json",
        ("{\"n\":" + number + ",\"fill\":\"" + "x".repeat(fillBytes) + "\"}").getBytes(UTF_8),
        qos,
        false,
        null,
        new IMqttActionListener() {
          @Override
          public void onSuccess(IMqttToken done) {
            acknowledged.add(number);
            over.run();
          }

          @Override
          public void onFailure(IMqttToken failed, Throwable cause) {
            // Never acknowledged: it may be stored or not.
            over.run();
          }
        });
  }

  /** Publishes as fast as the window lets it until the connection ends. */
  void publishUntilCut(MqttAsyncClient client) {
    Semaphore window = new Semaphore(IN_FLIGHT);
    try {
      while (client.isConnected()) {
        if (window.tryAcquire(100, TimeUnit.MILLISECONDS)) {
          publish(client, 20, window::release);
        }
      }
    } catch (MqttException cut) {
      if (client.isConnected()) {
        throw new IllegalStateException("publishing ended before the connection", cut);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How often each number is in the history, as REST tells it. */
  Map<Integer, Integer> stored(Rest rest) {
    Map<Integer, Integer> found = new HashMap<>();
    String path = "/api/v1/tenants/acme01/devices/pump/" + id + "/events?limit=1000";
    String next = "";
    do {
      JsonNode page = rest.json(rest.get(path + (next.isEmpty() ? "" : "&next=" + next)));
      page.path("items")
          .valueStream()
          .forEach(item -> found.merge(item.path("payload").path("n").asInt(), 1, Integer::sum));
      next = page.path("next").asString("");
    } while (!next.isEmpty());
    return found;
  }
}
