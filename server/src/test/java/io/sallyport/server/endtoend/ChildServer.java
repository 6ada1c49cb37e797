package io.sallyport.server.endtoend;

import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.server.cli.SallyportMain;
import io.sallyport.simulator.site.ReadyLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** The program as a process of its own, which can be killed; its output goes to a file. */
final class ChildServer implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofMinutes(3);
  private static final long STOP_SECONDS_MAX = 60;

  private final Process process;
  private final Path log;
  private final Path data;
  private final long logStart;
  private ReadyLine ready = new ReadyLine(0, List.of());

  private ChildServer(Process process, Path log, Path data, long logStart) {
    this.process = process;
    this.log = log;
    this.data = data;
    this.logStart = logStart;
  }

  /** Starts on {@code folder/data} and waits for the ready line. */
  static ChildServer start(Path folder, String config) throws IOException {
    ChildServer server = launch(folder, folder.resolve("data"), config, List.of());
    server.awaitReady();
    return server;
  }

  /**
   * Likewise.
   *
   * @param bootstrap the bootstrap file instead of {@link RunningServer#BOOTSTRAP}
   */
  static ChildServer bootstrapped(Path folder, String bootstrap) throws IOException {
    ChildServer server = launch(folder, folder.resolve("data"), bootstrap, "", List.of());
    server.awaitReady();
    return server;
  }

  /**
   * Starts without waiting.
   *
   * @param folder where configuration, bootstrap file and log are kept
   * @param config more lines of the configuration file, without {@code ports} and {@code bind}
   * @param wrap a command that runs the one appended to it
   */
  static ChildServer launch(Path folder, Path data, String config, List<String> wrap)
      throws IOException {
    return launch(folder, data, RunningServer.BOOTSTRAP, config, wrap);
  }

  private static ChildServer launch(
      Path folder, Path data, String bootstrapText, String config, List<String> wrap)
      throws IOException {
    Path bootstrap = Files.writeString(folder.resolve("bootstrap.yaml"), bootstrapText);
    Path file =
        Files.writeString(
            folder.resolve("sallyport.yaml"),
            "ports: { mqtts: 0, https: 0 }\nbind: [127.0.0.1]\n" + config);
    List<String> command = new ArrayList<>(wrap);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx384m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-CreateCoredumpOnCrash",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            SallyportMain.class.getName(),
            "serve",
            "--data",
            data.toString(),
            "--config",
            file.toString(),
            "--bootstrap",
            bootstrap.toString()));
    Path log = folder.resolve("output.log");
    long logStart = Files.exists(log) ? Files.size(log) : 0;
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new ChildServer(process, log, data, logStart);
  }

  void awaitReady() {
    await()
        .atMost(START_MAX)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          Optional<ReadyLine> line =
              output().lines().flatMap(text -> ReadyLine.parse(text).stream()).findFirst();
          line.ifPresent(found -> ready = found);
          if (line.isEmpty() && !process.isAlive()) {
            throw new IllegalStateException("the server ended before it was ready:\n" + output());
          }
          return line.isPresent();
        });
  }

  /** What this process printed. */
  String output() throws IOException {
    byte[] all = Files.readAllBytes(log);
    int from = (int) logStart;
    return new String(all, from, all.length - from, java.nio.charset.StandardCharsets.UTF_8);
  }

  long pid() {
    return process.pid();
  }

  int mqtts() {
    return ready.port("mqtts").orElseThrow();
  }

  int https() {
    return ready.port("https").orElseThrow();
  }

  /** The listener without login, where the bootstrap file has one. */
  int loginless() {
    return ready.port("mqtt").orElseThrow();
  }

  /** A file as the process sees it, also in a mount namespace of its own. */
  Path seen(Path file) {
    return Path.of("/proc", Long.toString(pid()), "root").resolve(Path.of("/").relativize(file));
  }

  SSLContext trust() {
    return RunningServer.trust(seen(data.resolve("ca.pem")));
  }

  /** A client that knows no rules, over TLS, before its CONNECT. */
  RawMqttClient raw() throws IOException {
    SSLSocket socket = (SSLSocket) trust().getSocketFactory().createSocket("127.0.0.1", mqtts());
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    return new RawMqttClient(socket);
  }

  RunningServer.Rest rest(String user, String password) {
    return new RunningServer.Rest(trust(), this::https, user, password);
  }

  RunningServer.Rest app() {
    return rest(RunningServer.APP_KEY, RunningServer.APP_TOKEN);
  }

  RunningServer.Rest operator() throws IOException {
    var key = RunningServer.operatorKey(seen(data.resolveSibling(data.getFileName() + ".keys")));
    return rest(key.getOrDefault("SALLYPORT_KEY", ""), key.getOrDefault("SALLYPORT_TOKEN", ""));
  }

  MqttConnectOptions login(String user, String password) {
    return RunningServer.login(trust(), user, password);
  }

  MqttClient paho(String clientId) throws MqttException {
    MqttClient client =
        new MqttClient("ssl://localhost:" + mqtts(), clientId, new MemoryPersistence());
    client.setTimeToWait(10_000);
    return client;
  }

  /** A connected device of the first organization that publishes without waiting. */
  MqttAsyncClient asyncDevice(String id, String token, int inFlight) throws MqttException {
    MqttAsyncClient client =
        new MqttAsyncClient(
            "ssl://localhost:" + mqtts(), "d:acme01:pump:" + id, new MemoryPersistence());
    MqttConnectOptions options = login("use-token-auth", token);
    options.setMaxInflight(inFlight);
    // A publisher that is held back gets no answer to its pings either.
    options.setKeepAliveInterval(600);
    client.connect(options).waitForCompletion(20_000);
    return client;
  }

  /** SIGKILL: no shutdown hook runs. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM, and the exit code. */
  int stop() throws InterruptedException {
    process.destroy();
    return exitCode();
  }

  /** Waits for the process to end by itself. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException("the server did not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
