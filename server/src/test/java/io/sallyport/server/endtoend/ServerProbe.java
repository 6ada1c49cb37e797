package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Measures a server's process from outside: by jcmd, {@code /proc} and its metrics. */
final class ServerProbe {
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");
  private static final Pattern FILLER =
      Pattern.compile("(?m)^ *\\d+: +\\d+ +(\\d+) +(?:\\[L)?jdk\\.internal\\.vm\\.Filler");
  private static final Pattern DIRECT =
      Pattern.compile(
          "sallyport_buffers_bytes\\{memory=\"direct\"}"
              + "|jvm_buffer_memory_used_bytes\\{.*id=\"direct\".*}");

  private final ChildServer server;

  ServerProbe(ChildServer server) {
    this.server = server;
  }

  /**
   * What the process holds.
   *
   * @param heapBytes objects that a collection leaves
   * @param directBytes buffers of the sockets' allocator and of the JVM, free chunks included
   * @param descriptors sockets, as far as {@code /proc} tells
   */
  record Figures(long heapBytes, long directBytes, Descriptors descriptors) {}

  /** Open descriptors: sockets, and all others. */
  record Descriptors(int sockets, int others) {}

  /** Collects garbage, which stops the process for a moment. */
  Figures measure() throws IOException, InterruptedException {
    return new Figures(liveHeapBytes(), (long) sum(metrics(), DIRECT), descriptors());
  }

  /** Waits until as many sockets are open as before; a test that leaks runs into its end. */
  Descriptors awaitSockets(int sockets) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .until(this::descriptors, found -> found.sockets() == sockets);
  }

  Descriptors descriptors() throws IOException {
    int sockets = 0;
    int others = 0;
    try (Stream<Path> links = Files.list(Path.of("/proc", Long.toString(server.pid()), "fd"))) {
      for (Path link : links.toList()) {
        String target = target(link);
        if (target.startsWith("socket:")) {
          sockets++;
        } else if (!target.isEmpty()) {
          others++;
        }
      }
    }
    return new Descriptors(sockets, others);
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException closed) {
      return ""; // Between listing and looking.
    }
  }

  private long liveHeapBytes() throws IOException, InterruptedException {
    Path answer = Files.createTempFile("histogram-", ".txt");
    try {
      Process jcmd =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  "-J-XX:TieredStopAtLevel=1",
                  "-J-XX:+UseSerialGC",
                  Long.toString(server.pid()),
                  "GC.class_histogram")
              .redirectErrorStream(true)
              .redirectOutput(answer.toFile())
              .start();
      if (!jcmd.waitFor(60, TimeUnit.SECONDS)) {
        jcmd.destroyForcibly();
        throw new IllegalStateException("jcmd did not answer");
      }
      String histogram = Files.readString(answer);
      Matcher total = TOTAL.matcher(histogram);
      if (!total.find()) {
        throw new IllegalStateException("no histogram: " + histogram);
      }
      // What the serial collector leaves in the gaps of a heap that it did not move together.
      long fillers =
          FILLER
              .matcher(histogram)
              .results()
              .mapToLong(filler -> Long.parseLong(filler.group(1)))
              .sum();
      return Long.parseLong(total.group(1)) - fillers;
    } finally {
      Files.delete(answer);
    }
  }

  /** One scrape, over a connection that is gone when this returns. */
  List<String> metrics() throws IOException {
    try (Socket socket =
        server.trust().getSocketFactory().createSocket("127.0.0.1", server.https())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(UTF_8));
      socket.getOutputStream().flush();
      String text = new String(socket.getInputStream().readAllBytes(), UTF_8);
      if (!text.startsWith("HTTP/1.1 200")) {
        throw new IllegalStateException(text);
      }
      return text.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  double sum(Pattern series) throws IOException {
    return sum(metrics(), series);
  }

  private static double sum(List<String> lines, Pattern series) {
    return lines.stream()
        .map(line -> line.split(" ", 2))
        .filter(parts -> parts.length == 2 && series.matcher(parts[0]).matches())
        .mapToDouble(parts -> Double.parseDouble(parts[1]))
        .sum();
  }
}
