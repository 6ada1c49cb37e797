package io.sallyport.simulator.demo;

import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.RestClient;
import io.sallyport.simulator.figures.LatencyHistogram;
import io.sallyport.simulator.fleet.EventConsumer;
import io.sallyport.simulator.fleet.Fleet;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends commands to connected devices, by MQTT and by REST in turn, and checks the answers: the
 * right device, the right correlation, the set point that was asked for.
 *
 * <p>One thread sends; answers may come on any thread.
 */
final class CommandDriver {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Fleet fleet;
  private final EventConsumer application;
  private final RestClient rest;
  private final RandomGenerator random;
  private final Map<String, Pending> pending = new ConcurrentHashMap<>();
  private final LatencyHistogram roundTrip = new LatencyHistogram();
  private final LongAdder sent = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder wrong = new LongAdder();
  private final LongAdder unanswered = new LongAdder();
  private final LongAdder interrupted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private long number;

  private record Pending(
      int device, int connection, String deviceId, double celsius, long sentNanos) {}

  CommandDriver(Fleet fleet, EventConsumer application, RestClient rest, RandomGenerator random) {
    this.fleet = fleet;
    this.application = application;
    this.rest = rest;
    this.random = random;
  }

  /** Sends one command to some connected device; does nothing when none is connected. */
  void sendOne() throws IOException, InterruptedException {
    OptionalInt chosen = fleet.anyReady(random);
    if (chosen.isEmpty()) {
      return;
    }
    int device = chosen.getAsInt();
    DeviceLogin login = fleet.login(device);
    String correlation = "c" + number;
    double celsius = 18 + random.nextInt(13) / 2.0;
    String name = number % 5 == 4 ? "identify" : "setpoint";
    ObjectNode payload = JSON.createObjectNode();
    payload.put("correlation", correlation);
    if (name.equals("setpoint")) {
      payload.put("celsius", celsius);
    } else {
      celsius = Double.NaN;
    }
    pending.put(
        correlation,
        new Pending(device, fleet.connection(device), login.id(), celsius, System.nanoTime()));
    sent.increment();
    if (number++ % 2 == 0) {
      var _ =
          application
              .sendCommand(login, name, JSON.writeValueAsString(payload))
              .whenComplete((done, failure) -> {
                if (failure != null) {
                  refuse(correlation);
                }
              });
    } else {
      sendByRest(login, name, payload, correlation);
    }
  }

  private void sendByRest(DeviceLogin login, String name, JsonNode payload, String correlation)
      throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode();
    body.put("name", name);
    body.put("format", "json");
    body.set("payload", payload);
    RestClient.Answer answer =
        rest.post(
            "/api/v1/tenants/%s/devices/%s/%s/commands"
                .formatted(Cast.TENANT, login.type(), login.id()),
            body);
    if (answer.status() != 202) {
      refuse(correlation);
    }
  }

  /** A device answered. */
  void answered(String deviceId, String correlation, JsonNode answer) {
    Pending command = pending.remove(correlation);
    if (command == null) {
      return;
    }
    boolean right =
        command.deviceId().equals(deviceId)
            && answer.path("result").asString("").equals("done")
            && (Double.isNaN(command.celsius())
                || answer.path("setpoint").asDouble(0) == command.celsius());
    if (right) {
      answered.increment();
      roundTrip.record(System.nanoTime() - command.sentNanos());
    } else {
      wrong.increment();
    }
  }

  /**
   * Gives up on commands that wait too long. A device that lost its connection meanwhile may have
   * missed its command rightly (a Watson command waits for persistent sessions only).
   */
  void expire() {
    long now = System.nanoTime();
    pending.forEach((correlation, command) -> {
      if (now - command.sentNanos() > ANSWER_MAX.toNanos()
          && pending.remove(correlation, command)) {
        boolean unbroken =
            command.connection() == fleet.connection(command.device())
                && command.connection() != Fleet.NOT_CONNECTED;
        (unbroken ? unanswered : interrupted).increment();
      }
    });
  }

  boolean idle() {
    return pending.isEmpty();
  }

  long sent() {
    return sent.sum();
  }

  long answered() {
    return answered.sum();
  }

  /** Commands whose device was cut off before it could answer. */
  long interrupted() {
    return interrupted.sum();
  }

  /** Commands that came to a bad end: refused, never answered, answered wrongly. */
  long failed() {
    return refused.sum() + unanswered.sum() + wrong.sum();
  }

  String failures() {
    return "refused %d, unanswered %d, wrong %d"
        .formatted(refused.sum(), unanswered.sum(), wrong.sum());
  }

  LatencyHistogram roundTrip() {
    return roundTrip;
  }

  private void refuse(String correlation) {
    if (pending.remove(correlation) != null) {
      refused.increment();
    }
  }
}
