package io.sallyport.server.endtoend;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A well-behaved device over TLS: every 20 ms, by turns, it pings and publishes with QoS 1, and
 * waits for the answer. A ping shows how long the connection's event loop makes it wait; a PUBACK
 * shows besides how long it takes until an event is on disk.
 */
final class SteadyDevice implements AutoCloseable {
  private static final long PERIOD_MILLIS = 20;

  private final RawMqttClient client;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("steady-device").unstarted(task));
  private final ScheduledFuture<?> rounds;
  private List<Long> pings = new ArrayList<>();
  private List<Long> publishes = new ArrayList<>();
  private int packetId;

  /** Milliseconds from question to answer. */
  record Delays(double median, double p99, double max, int count) {
    static Delays of(List<Long> nanos) {
      double[] millis =
          nanos.stream().mapToDouble(n -> n / (double) Duration.ofMillis(1).toNanos()).toArray();
      Arrays.sort(millis);
      if (millis.length == 0) {
        throw new IllegalStateException("nothing was measured");
      }
      return new Delays(
          millis[millis.length / 2],
          millis[(int) (millis.length * 0.99)],
          millis[millis.length - 1],
          millis.length);
    }
  }

  SteadyDevice(ChildServer server) throws Exception {
    client = server.raw();
    client.login(new Connect("d:acme01:pump:p1").login("use-token-auth", "token-of-pump-one"));
    rounds = thread.scheduleWithFixedDelay(this::round, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private synchronized void round() {
    long start = System.nanoTime();
    client.expectNothingBeforePong();
    long answered = System.nanoTime();
    pings.add(answered - start);
    packetId = packetId % 65_535 + 1;
    client.sendPublish("iot-2/evt/beat/fmt/json", "{\"n\":" + packetId + "}", 1, packetId);
    if (client.expectAck(RawMqttClient.PUBACK) != packetId) {
      throw new AssertionError("PUBACK of another id");
    }
    publishes.add(System.nanoTime() - answered);
  }

  /** What runs here is not part of any round: the server is stopped by the measurement itself. */
  synchronized <T> T between(Measurement<T> measurement) throws Exception {
    return measurement.take();
  }

  /** Something that the device waits for. */
  interface Measurement<T> {
    T take() throws Exception;
  }

  /** The delays of pings and of publishes since the last call. */
  synchronized List<Delays> take() {
    if (rounds.isDone()) {
      throw new AssertionError("the device has stopped", rounds.exceptionNow());
    }
    List<Delays> delays = List.of(Delays.of(pings), Delays.of(publishes));
    pings = new ArrayList<>();
    publishes = new ArrayList<>();
    return delays;
  }

  synchronized int rounds() {
    return pings.size();
  }

  @Override
  public void close() {
    thread.shutdownNow();
    client.close();
  }
}
