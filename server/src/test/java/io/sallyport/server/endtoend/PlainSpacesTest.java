package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plain spaces from a bootstrap file, with unmodified clients, over TLS and without login. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlainSpacesTest {
  private static final String BOOTSTRAP =
      """
      tenants:
        - id: acme01
          name: Acme
          apiKeys:
            - { key: a-acme01-adminadmin, token: "acme-administrator-token", roles: [administrator] }
          deviceTypes:
            - { id: pump, class: Device }
          devices:
            - { type: pump, id: p1, token: "token-of-pump-one" }
          plainSpaces:
            - name: plain
              acknowledge: durable
              credentials:
                - { user: tester, password: "tester-password", clientIds: any, rules: ["allow both #"] }
                - { user: reader, password: "reader-password", clientIds: any, rules: ["allow subscribe news/#"] }
            - name: second
              credentials:
                - { user: elsewhere, password: "elsewhere-password", clientIds: any, rules: ["allow both #"] }
          listeners:
            - { port: 0, identity: { space: plain, user: tester } }
        - id: zeta02
          name: Zeta
          plainSpaces:
            - name: plain
              credentials:
                - { user: tester, password: "zetas-password", clientIds: any, rules: ["allow both #"] }
      """;
  private static final String DOOR = "identity-001";

  private Path folder = Path.of("");
  private RunningServer server;

  @BeforeAll
  void start(@TempDir Path temporary) {
    folder = temporary;
    server = RunningServer.bootstrapped(folder, "", BOOTSTRAP);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private ForeignProgram mosquitto(
      String name, String user, String password, String clientId, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                name,
                "-h",
                "localhost",
                "-p",
                Integer.toString(server.mqtts()),
                "--cafile",
                server.caFile().toString(),
                "-i",
                clientId,
                "-u",
                user,
                "-P",
                password));
    command.addAll(List.of(more));
    return ForeignProgram.start(folder, command);
  }

  private ForeignProgram mosquittoWithoutLogin(String name, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(name, "-h", "127.0.0.1", "-p", Integer.toString(server.server().port(DOOR))));
    command.addAll(List.of(more));
    return ForeignProgram.start(folder, command);
  }

  @ParameterizedTest(name = "QoS {0} as {1}")
  @CsvSource({"0, mqttv311", "1, mqttv311", "2, mqttv311", "1, mqttv31"})
  void mosquittos_clients_talk_over_tls_and_without_login(String qos, String version) {
    assumeTrue(ForeignProgram.isInstalled("mosquitto_pub"), "mosquitto-clients is not installed");
    String topic = "talk/" + version + "/" + qos;
    try (ForeignProgram overTls =
            mosquitto(
                "mosquitto_sub",
                "acme01/tester",
                "tester-password",
                "sub-" + qos,
                "-q",
                qos,
                "-V",
                version,
                "-d",
                "-v",
                "-C",
                "2",
                "-W",
                "30",
                "-t",
                topic);
        ForeignProgram withoutLogin =
            mosquittoWithoutLogin(
                "mosquitto_sub",
                "-q",
                qos,
                "-V",
                version,
                "-d",
                "-v",
                "-C",
                "2",
                "-W",
                "30",
                "-t",
                topic)) {
      overTls.awaitOutput("Subscribed (mid: 1): " + qos);
      withoutLogin.awaitOutput("Subscribed (mid: 1): " + qos);
      try (ForeignProgram first =
              mosquitto(
                  "mosquitto_pub",
                  "acme01/tester",
                  "tester-password",
                  "pub-" + qos,
                  "-q",
                  qos,
                  "-V",
                  version,
                  "-t",
                  topic,
                  "-m",
                  "over TLS");
          ForeignProgram second =
              mosquittoWithoutLogin(
                  "mosquitto_pub", "-q", qos, "-V", version, "-t", topic, "-m", "no login")) {
        assertThat(first.awaitExit()).as(first.output()).isZero();
        assertThat(second.awaitExit()).as(second.output()).isZero();
      }
      for (ForeignProgram subscriber : List.of(overTls, withoutLogin)) {
        assertThat(subscriber.awaitExit()).as(subscriber.output()).isZero();
        assertThat(subscriber.output()).contains(topic + " over TLS", topic + " no login");
      }
    }
  }

  private MqttClient paho(String user, String password, String clientId) throws MqttException {
    MqttClient client =
        new MqttClient("ssl://localhost:" + server.mqtts(), clientId, new MemoryPersistence());
    client.setTimeToWait(10_000);
    client.connect(server.login(user, password));
    return client;
  }

  @Test
  void paho_talks_within_the_space_and_hears_nothing_of_others() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    BlockingQueue<String> leaked = new LinkedBlockingQueue<>();
    MqttClient listening = paho("acme01/tester", "tester-password", "paho-1");
    MqttClient elsewhere = paho("acme01/elsewhere", "elsewhere-password", "paho-1");
    MqttClient zeta = paho("zeta02/tester", "zetas-password", "paho-1");
    MqttClient speaking = paho("acme01/tester", "tester-password", "paho-2");
    try {
      listening.subscribe("a/#", 2, (topic, message) -> heard.add(topic));
      elsewhere.subscribe("#", 2, (topic, message) -> leaked.add(topic));
      zeta.subscribe("#", 2, (topic, message) -> leaked.add(topic));
      for (int qos = 0; qos <= 2; qos++) {
        speaking.publish("a/" + qos, "x".getBytes(StandardCharsets.UTF_8), qos, qos == 1);
      }
      for (int qos = 0; qos <= 2; qos++) {
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("a/" + qos);
      }
      // What others could have got would have come before this.
      elsewhere.publish("end", new byte[0], 1, false);
      assertThat(leaked.poll(10, TimeUnit.SECONDS)).isEqualTo("end");
      assertThat(leaked).isEmpty();
    } finally {
      for (MqttClient client : List.of(listening, elsewhere, zeta, speaking)) {
        client.disconnectForcibly(0, 1_000);
        client.close();
      }
    }
  }

  private int codeOf(Connect connect) {
    try (RawMqttClient client = server.raw()) {
      client.send(connect.bytes());
      return client.expectConnAck();
    }
  }

  private int codeOf(Connect connect, String sni) {
    try (RawMqttClient client = new RawMqttClient(server.socket(server.mqtts(), sni))) {
      client.send(connect.bytes());
      return client.expectConnAck();
    }
  }

  /** MESSAGING section 2, THREATS T15: who a CONNECT is, and what hints may not say. */
  @Test
  void the_user_name_decides_the_contract_and_the_host_name_must_agree() {
    assertThat(codeOf(new Connect("c").login("acme01/tester", "tester-password"))).isZero();
    // A client id in Watson's form makes it no Watson client.
    assertThat(codeOf(new Connect("d:acme01:pump:p1").login("acme01/tester", "tester-password")))
        .isZero();
    assertThat(codeOf(new Connect("c").login("tester", "tester-password"))).isEqualTo(4);
    assertThat(codeOf(new Connect("c").login("tester", "tester-password"), "acme01.localhost"))
        .isZero();
    assertThat(
            codeOf(new Connect("c").login("acme01/tester", "tester-password"), "zeta02.localhost"))
        .isEqualTo(4);
    assertThat(codeOf(new Connect("c").login("tester", "tester-password"), "zeta02.localhost"))
        .isEqualTo(4);
    assertThat(codeOf(new Connect("c").login("acme01/nobody", "x"))).isEqualTo(4);
    assertThat(codeOf(new Connect("c").login("nobody", "x"))).isEqualTo(4);
    assertThat(codeOf(new Connect("c"))).isEqualTo(5);
    assertThat(codeOf(new Connect("d:acme01:pump:p1").login("use-token-auth", "token-of-pump-one")))
        .isZero();
    assertThat(codeOf(new Connect("d:acme01:pump:p1").login("use-token-auth", "wrong")))
        .isEqualTo(5);
  }

  @Test
  void a_listener_without_login_is_seen_by_operators_only_and_speaks_no_http() throws Exception {
    assertThat(server.operator().get("/ready").body())
        .contains("\"loginlessListeners\":[{", "\"user\":\"tester\"", "\"loopbackOnly\":true");
    assertThat(server.admin().get("/ready").body()).doesNotContain("loginlessListeners");
    try (RawMqttClient http = RawMqttClient.open(server.server().port(DOOR))) {
      http.send("GET /mqtt HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      http.expectClosed();
    }
    assertThat(server.server().addresses())
        .contains("mqtt://127.0.0.1:" + server.server().port(DOOR));
  }

  @Test
  void rules_and_credentials_managed_over_rest_act_on_what_is_open() {
    String base = "/api/v1/tenants/acme01/spaces/plain/credentials";
    assertThat(
            server
                .admin()
                .send(
                    "POST",
                    base,
                    "{\"user\":\"managed\",\"password\":\"managed-password\","
                        + "\"clientIds\":\"any\",\"rules\":[\"allow both #\"]}")
                .statusCode())
        .isEqualTo(201);
    try (RawMqttClient managed = server.raw();
        RawMqttClient tester = server.raw()) {
      managed.login(new Connect("m").login("acme01/managed", "managed-password"));
      tester.login(new Connect("t").login("acme01/tester", "tester-password"));
      assertThat(managed.subscribe(1, 0, "rest/#")).isEqualTo("00");
      tester.sendPublish("rest/a", "1", 1, 1);
      assertThat(tester.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
      assertThat(managed.expectPublish().payload()).isEqualTo("1");

      assertThat(
              server
                  .admin()
                  .send("PUT", base + "/managed/rules", "{\"rules\":[\"deny both rest/#\"]}")
                  .statusCode())
          .isEqualTo(200);
      tester.sendPublish("rest/a", "2", 1, 2);
      assertThat(tester.expectAck(RawMqttClient.PUBACK)).isEqualTo(2);
      managed.expectNothingBeforePong();

      long before = System.nanoTime();
      assertThat(server.admin().send("DELETE", base + "/managed", "").statusCode()).isEqualTo(204);
      managed.expectClosed();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
      tester.expectNothingBeforePong();
    }
    assertThat(codeOf(new Connect("m").login("acme01/managed", "managed-password"))).isEqualTo(4);
  }

  @Test
  void a_bridge_carries_a_topic_into_the_history_of_a_device() {
    assertThat(
            server
                .admin()
                .send(
                    "POST",
                    "/api/v1/tenants/acme01/spaces/plain/bridges",
                    "{\"name\":\"in\",\"direction\":\"to-event\",\"topic\":\"bridge/in\","
                        + "\"type\":\"pump\",\"device\":\"p1\",\"event\":\"bridged\","
                        + "\"format\":\"json\"}")
                .statusCode())
        .isEqualTo(201);
    try (RawMqttClient tester = server.raw()) {
      tester.login(new Connect("b").login("acme01/tester", "tester-password"));
      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> {
            tester.sendPublish("bridge/in", "{\"n\":1}", 1, 1);
            assertThat(tester.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
            assertThat(
                    server
                        .admin()
                        .get("/api/v1/tenants/acme01/devices/pump/p1/events?name=bridged")
                        .body())
                .contains("{\"n\":1}");
          });
    }
  }

  /** User names are one name space per tenant: a second credential is not left out silently. */
  @Test
  void a_name_in_two_spaces_stops_the_start(@TempDir Path elsewhere) {
    String twice =
        """
        tenants:
          - id: acme01
            name: Acme
            plainSpaces:
              - name: plain
                credentials:
                  - { user: tester, password: "tester-password", rules: ["allow both #"] }
              - name: second
                credentials:
                  - { user: tester, password: "other-password", rules: ["allow both #"] }
        """;
    assertThatThrownBy(() -> RunningServer.bootstrapped(elsewhere, "", twice).close())
        .hasMessageContaining("tester in space second")
        .hasMessageContaining("taken in space plain");
  }
}
