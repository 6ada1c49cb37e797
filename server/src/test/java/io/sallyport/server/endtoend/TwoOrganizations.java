package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Published;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A platform with two organizations that know nothing of each other, those who would see it if
 * something got through, and what the audit says.
 */
final class TwoOrganizations implements AutoCloseable {
  private static final String ZETA_ADMIN_KEY = "a-zeta02-adminadmin";
  private static final String ZETA_ADMIN_TOKEN = "zeta-administrator-token";
  static final String VISUAL_KEY = "a-acme01-visualonly";
  static final String VISUAL_TOKEN = "acme-visualization-token";
  static final String TOKEN = "token-of-a-thief";
  static final int NOT_AUTHORIZED = 5;

  private final RunningServer server;
  private final RunningServer.Rest operator;

  private TwoOrganizations(RunningServer server, RunningServer.Rest operator) {
    this.server = server;
    this.operator = operator;
  }

  static TwoOrganizations in(Path folder) throws IOException {
    RunningServer server = RunningServer.in(folder);
    return new TwoOrganizations(server, server.operator());
  }

  RunningServer server() {
    return server;
  }

  RunningServer.Rest operator() {
    return operator;
  }

  // ---- who takes part

  RawMqttClient connected(Connect login) {
    RawMqttClient client = server.raw();
    client.login(login);
    return client;
  }

  int connAck(RawMqttClient client, Connect login) {
    try (client) {
      client.send(login.bytes());
      return client.expectConnAck();
    }
  }

  int connAck(Connect login) {
    return connAck(server.raw(), login);
  }

  void register(String device) {
    HttpResponse<String> made =
        server
            .app()
            .send(
                "POST",
                "/api/v0002/device/types/pump/devices",
                "{\"deviceId\":\"" + device + "\",\"authToken\":\"" + TOKEN + "\"}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
  }

  static Connect device(String id, String token) {
    return new Connect("d:acme01:pump:" + id).login("use-token-auth", token);
  }

  static Connect acme(String appId) {
    return new Connect("a:acme01:" + appId).login(RunningServer.APP_KEY, RunningServer.APP_TOKEN);
  }

  static Connect zeta(String appId) {
    return new Connect("a:zeta02:" + appId).login(RunningServer.ZETA_KEY, RunningServer.ZETA_TOKEN);
  }

  RunningServer.Rest zetaAdmin() {
    return server.rest(ZETA_ADMIN_KEY, ZETA_ADMIN_TOKEN);
  }

  static void closedWithoutAnswer(RawMqttClient client, String what) {
    try {
      client.expectClosed();
    } catch (AssertionError open) {
      throw new AssertionError(what, open);
    }
  }

  Witnesses witnesses() {
    return new Witnesses();
  }

  /** Who would see it if something got through: a victim's commands, and all of two others. */
  final class Witnesses implements AutoCloseable {
    private final RawMqttClient victim = connected(device("p2", "token-of-pump-two"));
    private final RawMqttClient ofAcme = connected(acme("witness"));
    private final RawMqttClient ofZeta = connected(zeta("witness"));
    private final RawMqttClient zetasDevice =
        connected(new Connect("d:zeta02:pump:p1").login("use-token-auth", "token-of-zetas-pump"));

    private Witnesses() {
      assertThat(victim.subscribe(1, 1, "iot-2/cmd/+/fmt/+")).isEqualTo("01");
      assertThat(zetasDevice.subscribe(1, 1, "iot-2/cmd/+/fmt/+")).isEqualTo("01");
      for (RawMqttClient application : List.of(ofAcme, ofZeta)) {
        assertThat(
                application.subscribe(
                    1, 1, "iot-2/type/+/id/+/evt/+/fmt/+", "iot-2/type/+/id/+/cmd/+/fmt/+"))
            .isEqualTo("0101");
      }
    }

    RawMqttClient ofAcme() {
      return ofAcme;
    }

    /** An event of each organization passes, and nothing has come before it. */
    void sawNothing() {
      victim.sendPublish("iot-2/evt/barrier/fmt/json", "{\"of\":\"acme\"}", 0, 0);
      zetasDevice.sendPublish("iot-2/evt/barrier/fmt/json", "{\"of\":\"zeta\"}", 0, 0);
      assertThat(ofAcme.expectPublish())
          .extracting(Published::topic, Published::payload)
          .containsExactly("iot-2/type/pump/id/p2/evt/barrier/fmt/json", "{\"of\":\"acme\"}");
      assertThat(ofZeta.expectPublish())
          .extracting(Published::topic, Published::payload)
          .containsExactly("iot-2/type/pump/id/p1/evt/barrier/fmt/json", "{\"of\":\"zeta\"}");
      for (RawMqttClient each : List.of(victim, ofAcme, ofZeta, zetasDevice)) {
        each.expectNothingBeforePong();
      }
    }

    @Override
    public void close() {
      victim.close();
      ofAcme.close();
      ofZeta.close();
      zetasDevice.close();
    }
  }

  // ---- the audit

  /** Refusals that can be explained, with their repeats, add up to what was tried. */
  void auditCounts(RunningServer.Rest admin, String tenant, String actor, long refusedTimes) {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() ->
            assertThat(refusals(admin, tenant).getOrDefault(actor, 0L)).isEqualTo(refusedTimes));
  }

  /** How many refusals of each actor the tenant's audit explains. */
  Map<String, Long> refusals(RunningServer.Rest admin, String tenant) {
    Map<String, Map<String, Long>> byActor = new HashMap<>();
    String path = "/api/v1/tenants/" + tenant + "/audit?limit=1000";
    String next = "";
    do {
      JsonNode page = admin.json(admin.get(path + next));
      for (JsonNode entry : page.path("items")) {
        String refusal = entry.path("refusal").asString("");
        if (!refusal.isEmpty()) {
          JsonNode why = admin.json(admin.get("/api/v1/refusals/" + refusal));
          assertThat(why.path("text").asString("")).as(why.toString()).isNotBlank();
          byActor
              .computeIfAbsent(entry.path("actor").asString(), _ -> new HashMap<>())
              .put(refusal, why.path("count").asLong());
        }
      }
      next = page.path("next").isString() ? "&next=" + page.path("next").asString() : "";
    } while (!next.isEmpty());
    Map<String, Long> sums = new HashMap<>();
    byActor.forEach((actor, counts) ->
        sums.put(actor, counts.values().stream().mapToLong(Long::longValue).sum()));
    return sums;
  }

  @Override
  public void close() {
    server.close();
  }
}
