package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ConnectRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mosquitto_pub} and {@code mosquitto_sub}, where they are installed. */
class MosquittoClientsTest {
  @AutoClose private final TestServer server = new TestServer();

  @BeforeEach
  void requireClients() {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/mosquitto_pub"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mqttv31", "mqttv311", "mqttv5"})
  void messages_go_through_in_each_version(String version) throws Exception {
    Process reader =
        start("mosquitto_sub", "-V", version, "-i", "r", "-t", "t/#", "-q", "2", "-C", "3");
    await().until(() -> server.gate.bindings.size() == 1 && subscribed("t/1"));
    for (int qos = 0; qos < 3; qos++) {
      Process writer =
          start("mosquitto_pub", "-V", version, "-t", "t/" + qos, "-q", "" + qos, "-m", "m" + qos);
      assertThat(exit(writer)).isZero();
    }
    assertThat(exit(reader)).isZero();
    assertThat(output(reader)).containsExactly("m0", "m1", "m2");
  }

  @Test
  void properties_and_retained_messages_go_through() throws Exception {
    Process writer =
        start(
            "mosquitto_pub",
            "-V",
            "mqttv5",
            "-t",
            "t",
            "-q",
            "1",
            "-m",
            "kept",
            "-r",
            "-D",
            "publish",
            "content-type",
            "text/plain",
            "-D",
            "publish",
            "user-property",
            "a",
            "b",
            "-D",
            "publish",
            "message-expiry-interval",
            "100");
    assertThat(exit(writer)).isZero();
    Process reader =
        start("mosquitto_sub", "-V", "mqttv5", "-t", "t", "-C", "1", "-F", "%r %C %P %E %p");
    assertThat(exit(reader)).isZero();
    assertThat(output(reader)).containsExactly("1 text/plain a:b 100 kept");
  }

  @Test
  void refusal_is_told_by_its_name() throws Exception {
    server.gate.admission = _ -> new Admission.Refused(ConnectRefusal.NOT_AUTHORIZED);
    Process writer = start("mosquitto_pub", "-V", "mqttv5", "-t", "t", "-m", "x");
    assertThat(exit(writer)).isNotZero();
    assertThat(output(writer)).anyMatch(line -> line.contains("Not authorized"));
  }

  /** Whether somebody holds a filter that matches the topic: nothing is routed to find out. */
  private boolean subscribed(String topic) {
    return server
            .engine
            .context()
            .scopes()
            .state(TestGate.SCOPE)
            .subscriptions()
            .match(topic, null)
            .size()
        > 0;
  }

  private Process start(String... command) throws IOException {
    List<String> full = new ArrayList<>(List.of(command));
    full.addAll(1, List.of("-h", "127.0.0.1", "-p", "" + server.port()));
    return new ProcessBuilder(full).redirectErrorStream(true).start();
  }

  private static int exit(Process process) throws InterruptedException {
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static List<String> output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }
}
