package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Packet;
import io.sallyport.server.endtoend.RunningServer.Rest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The bound of a revocation runs from its commit, also when the process is stopped around it, as by
 * SIGSTOP, a suspended machine or a long pause of the collector (THREATS T31).
 */
class PausedProcessTest {
  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final Duration PAUSE = BOUND.plusMillis(500);
  private static final String DEVICE = "/api/v1/tenants/acme01/devices/pump/p1";
  private static final String TOPIC = "iot-2/evt/beat/fmt/json";
  private static final int SENT_WHILE_STOPPED = 50;

  /** Rounds whose revocation had begun when the process stopped. */
  private static final int CONCLUSIVE_MIN = 3;

  private static final int ROUNDS_MAX = 9;

  @TempDir Path folder = Path.of(".");

  @Test
  void nothing_that_came_while_the_process_was_stopped_is_accepted_from_a_revoked_device()
      throws Exception {
    try (ChildServer server = ChildServer.start(folder, "");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Rest admin = server.rest(RunningServer.ADMIN_KEY, RunningServer.ADMIN_TOKEN);
      long usualMillis = usualMillis(admin);
      int conclusive = 0;
      List<String> rounds = new ArrayList<>();
      for (int round = 0; round < ROUNDS_MAX && conclusive < CONCLUSIVE_MIN; round++) {
        // From the middle of a revocation to shortly after its answer.
        long delayMillis = usualMillis * (2 + round % 5) / 4;
        boolean begun = round(server, admin, threads, delayMillis, round * 1_000);
        rounds.add("stopped after " + delayMillis + " ms: " + (begun ? "begun" : "not begun"));
        conclusive += begun ? 1 : 0;
      }
      System.out.println("a revocation takes " + usualMillis + " ms; " + rounds);
      assertThat(conclusive).as("%s", rounds).isGreaterThanOrEqualTo(CONCLUSIVE_MIN);
    }
  }

  /** How long a revocation takes from request to answer, once the way is warm. */
  private static long usualMillis(Rest admin) {
    long millis = 1;
    for (int i = 0; i < 20; i++) {
      long before = System.nanoTime();
      enable(admin, false);
      millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
      enable(admin, true);
    }
    return Math.max(4, millis);
  }

  private static HttpResponse<String> enable(Rest admin, boolean enabled) {
    HttpResponse<String> answer = admin.send("PATCH", DEVICE, "{\"enabled\":" + enabled + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  /** Whether the revocation had begun when the process stopped; only then the round tells. */
  private static boolean round(
      ChildServer server, Rest admin, ExecutorService threads, long delayMillis, int firstNumber)
      throws Exception {
    try (RawMqttClient device = server.raw()) {
      device.login(new Connect("d:acme01:pump:p1").login("use-token-auth", "token-of-pump-one"));
      device.sendPublish(TOPIC, "{\"n\":" + firstNumber + "}", 1, 1);
      assertThat(device.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);

      Future<HttpResponse<String>> revocation = threads.submit(() -> enable(admin, false));
      await().pollDelay(Duration.ofMillis(delayMillis)).until(() -> true);
      signal(server, "STOP");
      await().until(() -> isStopped(server));
      boolean closedBefore = !sendWhileStopped(device, firstNumber);
      Instant stopped = Instant.now();
      await().pollDelay(PAUSE).atMost(PAUSE.multipliedBy(2)).until(() -> true);
      signal(server, "CONT");

      List<Integer> acknowledged = acknowledgedUntilClosed(device);
      revocation.get(30, TimeUnit.SECONDS);
      boolean begun = revokedAt(admin).isBefore(stopped);
      if (begun || closedBefore) {
        assertThat(acknowledged).as("acknowledged after the pause").isEmpty();
        assertThat(storedNumbers(admin)).allMatch(n -> n <= firstNumber);
      }
      enable(admin, true);
      return begun;
    }
  }

  /** False when the server had closed the connection before it was stopped. */
  private static boolean sendWhileStopped(RawMqttClient device, int firstNumber) {
    try {
      for (int i = 1; i <= SENT_WHILE_STOPPED; i++) {
        device.sendPublish(TOPIC, "{\"n\":" + (firstNumber + i) + "}", 1, 1 + i);
      }
      return true;
    } catch (UncheckedIOException closed) {
      return false;
    }
  }

  private static List<Integer> acknowledgedUntilClosed(RawMqttClient device) {
    List<Integer> ids = new ArrayList<>();
    try {
      while (true) {
        Packet packet = device.expect(RawMqttClient.PUBACK);
        ids.add(packet.packetId());
      }
    } catch (UncheckedIOException closed) {
      return ids;
    }
  }

  private static void signal(ChildServer server, String name)
      throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  /** All threads of a stopped process are in state T. */
  private static boolean isStopped(ChildServer server) throws IOException {
    try (var tasks = Files.list(Path.of("/proc", Long.toString(server.pid()), "task"))) {
      for (Path task : tasks.toList()) {
        String stat = Files.readString(task.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    }
  }

  /** When the newest revocation was recorded: within its transaction, so before its commit. */
  private static Instant revokedAt(Rest admin) {
    JsonNode records = admin.json(admin.get("/api/v1/tenants/acme01/audit?limit=50"));
    for (JsonNode record : records.path("items")) {
      if (record.path("action").asString().equals("device.disable")) {
        return Instant.parse(record.path("time").asString());
      }
    }
    throw new AssertionError("no revocation is recorded: " + records);
  }

  private static List<Integer> storedNumbers(Rest admin) {
    List<Integer> numbers = new ArrayList<>();
    JsonNode events = admin.json(admin.get(DEVICE + "/events?limit=200"));
    events.path("items").forEach(event -> numbers.add(event.path("payload").path("n").asInt()));
    assertThat(numbers).isNotEmpty();
    return numbers;
  }
}
