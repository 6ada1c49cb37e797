package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop waits for work, not for connections on which nobody asks anything. */
class StopTest {
  /** Less than the grace that running requests have. */
  private static final Duration PROMPT = Duration.ofSeconds(4);

  @TempDir Path folder = Path.of(".");

  private static String head(String method, String path, int length) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
        + RawHttps.basic(RunningServer.APP_KEY, RunningServer.APP_TOKEN)
        + "\r\nContent-Type: application/json\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    socket.getOutputStream().flush();
  }

  /** Reads until the text has come. */
  private static void expect(Socket socket, String text) throws IOException {
    StringBuilder read = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (read.indexOf(text) < 0) {
      int next = in.read();
      assertThat(next).as("the end after " + read).isNotNegative();
      read.append((char) next);
    }
  }

  @Test
  void idle_keep_alive_connections_do_not_hold_up_a_stop() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try (RunningServer server = RunningServer.in(folder)) {
      for (int i = 0; i < 5; i++) {
        Socket socket = server.socket(server.https());
        send(socket, head("GET", "/api/v0002/device/types/pump", 0));
        expect(socket, "\"pump\"");
        idle.add(socket);
      }
      Socket silent = server.socket(server.https());
      idle.add(silent);

      long start = System.nanoTime();
      server.stop();
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(took).isLessThan(PROMPT);
      for (Socket socket : idle) {
        assertThat(readToEnd(socket)).doesNotContain("HTTP/1.1");
        socket.close();
      }
      server.start();
    }
  }

  @Test
  void a_request_that_is_under_way_is_answered_before_the_stop() throws Exception {
    String body = "{\"deviceId\":\"late\",\"authToken\":\"token-of-the-late\"}";
    try (RunningServer server = RunningServer.in(folder)) {
      try (Socket idle = server.socket(server.https());
          Socket busy = server.socket(server.https())) {
        send(idle, head("GET", "/api/v0002/device/types/pump", 0));
        expect(idle, "\"pump\"");
        send(busy, head("POST", "/api/v0002/device/types/pump/devices", body.length()));
        send(busy, body.substring(0, 10));
        // The request must be with its handler: the front takes no newcomer once it stops.
        await()
            .pollDelay(Duration.ofMillis(300))
            .until(() -> server.app().get("/api/v0002/device/types").statusCode() == 200);

        CompletableFuture<Void> stopping = CompletableFuture.runAsync(server::stop);
        assertThat(readToEnd(idle)).isNotNull();
        send(busy, body.substring(10));

        assertThat(readToEnd(busy)).startsWith("HTTP/1.1 201");
        stopping.get(15, TimeUnit.SECONDS);
      }
      server.start();
      assertThat(server.app().get("/api/v0002/device/types/pump/devices/late").statusCode())
          .isEqualTo(200);
    }
  }

  private static String readToEnd(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }
}
