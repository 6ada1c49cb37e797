package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.tenant.FileTenantKeys;
import io.sallyport.platform.tenant.MasterKey;
import io.sallyport.server.data.Restore;
import io.sallyport.server.endtoend.RunningServer.Rest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * THREATS T03: what devices, applications and people supplied as content or as a secret is nowhere
 * on disk but encrypted. Everything supplied here begins with the same random characters.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretScanTest {
  private static final String PASSPHRASE = "scan passphrase of ample length";

  @TempDir static Path folder = Path.of(".");

  /** Begins every secret and payload of this run; no id, name or topic. */
  private final String stem = UUID.randomUUID().toString().replace("-", "").substring(0, 16);

  private final AtomicInteger supplied = new AtomicInteger();
  private final LeakScan scan = new LeakScan();
  private final Instant began = Instant.now();
  private final List<String> whileRunning = new ArrayList<>();

  private Path data() {
    return folder.resolve("data");
  }

  private Path keys() {
    return folder.resolve("data.keys");
  }

  private Path backup() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("backups"))) {
      return files.findFirst().orElseThrow();
    }
  }

  /** A new payload or secret that the scan will find. */
  private String marker() {
    return stem + "-" + supplied.incrementAndGet();
  }

  private byte[] payload() {
    return ("{\"content\":\"" + marker() + "\"}").getBytes(UTF_8);
  }

  @BeforeAll
  void supply_secrets_by_every_path() throws Exception {
    scan.lookFor("a supplied secret or payload", stem);
    Path passphrase = Files.writeString(folder.resolve("passphrase"), PASSPHRASE + "\n");
    try (ChildServer server =
        ChildServer.start(
            folder, "backup: { folder: backups, passphrase-file: " + passphrase + " }\n")) {
      String generated = registerDevices(server);
      String key = makeKeys(server);
      sendEvents(server, generated);
      sendCommands(server);
      usePlainSpaces(server);
      sendNonsense(server);
      failLogins(server);
      assertThat(server.operator().send("POST", "/api/v1/backup", "{}").statusCode())
          .isBetween(200, 204);
      assertThat(
              server
                  .rest(RunningServer.APP_KEY, RunningServer.APP_TOKEN)
                  .get("/api/v0002/device/types/pump/devices/p1/events/scanned")
                  .statusCode())
          .isEqualTo(200);
      lookForSecretsOf(server, generated, key);
      // Write-ahead logs and temporary files are emptied at the stop.
      whileRunning.addAll(scan.below(data()));
      whileRunning.addAll(scan.in(folder.resolve("output.log")));
      assertThat(server.stop()).isIn(0, 143);
    }
  }

  @AfterAll
  void show_what_was_supplied() {
    assertThat(supplied.get()).isGreaterThan(30);
  }

  private void lookForSecretsOf(ChildServer server, String generated, String key)
      throws IOException {
    scan.lookFor("a generated device token", generated);
    scan.lookFor("a generated API key's token", key);
    scan.lookFor(
        "the operator's token",
        RunningServer.operatorKey(keys()).getOrDefault("SALLYPORT_TOKEN", ""));
    for (String token :
        List.of(
            RunningServer.APP_TOKEN,
            RunningServer.ADMIN_TOKEN,
            RunningServer.ZETA_TOKEN,
            "token-of-pump-one",
            "token-of-pump-two",
            "token-of-hub-one",
            PASSPHRASE)) {
      scan.lookFor("a token or passphrase from a file", token);
    }
    String master = Files.readString(keys().resolve("master.key")).strip();
    String encoded = master.substring(master.lastIndexOf(':') + 1);
    scan.lookFor("the master key's text", encoded);
    scan.lookFor("the master key", Base64.getUrlDecoder().decode(encoded));
    assertThat(server.output()).contains("ready in");
  }

  /** Returns the token that the platform made for device p4. */
  private String registerDevices(ChildServer server) {
    Rest rest = server.app();
    assertThat(rest.send("PUT", "/api/v0002/config/lec", "{\"enabled\":true}").statusCode())
        .isEqualTo(200);
    String types = "/api/v0002/device/types/pump/devices";
    assertThat(
            rest.send("POST", types, "{\"deviceId\":\"p3\",\"authToken\":\"" + marker() + "\"}")
                .statusCode())
        .isEqualTo(201);
    assertThat(
            rest.send("POST", types, "{\"deviceId\":\"p5\",\"authToken\":\"" + marker() + "\"}")
                .statusCode())
        .isEqualTo(201);
    HttpResponse<String> registered =
        rest.send("POST", "/api/v1/tenants/acme01/devices", "{\"type\":\"pump\",\"id\":\"p4\"}");
    assertThat(registered.statusCode()).isEqualTo(201);
    // Known, taken, and wrong in other ways: refused, and nothing kept.
    for (String id : List.of("p3", "p 3")) {
      assertThat(
              rest.send(
                      "POST",
                      types,
                      "{\"deviceId\":\"" + id + "\",\"authToken\":\"" + marker() + "\"}")
                  .statusCode())
          .isBetween(400, 409);
    }
    return rest.json(rest.send("POST", "/api/v1/tenants/acme01/devices/pump/p4/credentials", "{}"))
        .path("token")
        .asString();
  }

  private static String makeKeys(ChildServer server) {
    Rest admin = server.rest(RunningServer.ADMIN_KEY, RunningServer.ADMIN_TOKEN);
    HttpResponse<String> made =
        admin.send("POST", "/api/v1/tenants/acme01/api-keys", "{\"roles\":[\"PD_STANDARD_APP\"]}");
    assertThat(made.statusCode()).isEqualTo(201);
    return admin.json(made).path("token").asString();
  }

  private void usePlainSpaces(ChildServer server) throws MqttException {
    Rest admin = server.rest(RunningServer.ADMIN_KEY, RunningServer.ADMIN_TOKEN);
    String spaces = "/api/v1/tenants/acme01/spaces";
    assertThat(admin.send("POST", spaces, "{\"name\":\"plain\"}").statusCode()).isEqualTo(201);
    String credentials = spaces + "/plain/credentials";
    String chosen = marker();
    assertThat(
            admin
                .send(
                    "POST",
                    credentials,
                    "{\"user\":\"chooser\",\"clientIds\":\"any\",\"password\":\""
                        + chosen
                        + "\",\"rules\":[\"deny publish out/#\",\"allow both #\"]}")
                .statusCode())
        .isEqualTo(201);
    HttpResponse<String> made = admin.send("POST", credentials, "{\"user\":\"maker\"}");
    assertThat(made.statusCode()).isEqualTo(201);
    scan.lookFor(
        "a password made for a plain credential", admin.json(made).path("password").asString());
    assertThat(
            admin
                .send(
                    "POST", credentials + "/maker/password", "{\"password\":\"" + marker() + "\"}")
                .statusCode())
        .isEqualTo(200);

    MqttConnectOptions lasting = server.login("acme01/chooser", chosen);
    lasting.setCleanSession(false);
    MqttClient away = server.paho("plain-away");
    away.connect(lasting);
    away.subscribe("in/#", 2);
    away.disconnect();
    MqttConnectOptions mortal = server.login("acme01/chooser", chosen);
    mortal.setCleanSession(false);
    mortal.setWill("in/will", payload(), 1, true);
    server.paho("plain-mortal").connect(mortal); // Its will is stored as long as it is there.

    MqttClient client = connected(server, "plain-1", "acme01/chooser", chosen);
    for (int qos = 0; qos <= 2; qos++) {
      client.publish("in/kept", payload(), qos, true);
      client.publish("out/denied", payload(), qos, true);
    }
    client.disconnect();
    refuse(server, "plain-1", "acme01/chooser", marker());
    refuse(server, "plain-1", "acme01/" + marker(), chosen);
    refuse(server, "plain-1", marker(), chosen);
  }

  private void sendEvents(ChildServer server, String generated) throws MqttException {
    MqttClient device =
        connected(server, "d:acme01:pump:p1", "use-token-auth", "token-of-pump-one");
    for (int qos = 0; qos <= 2; qos++) {
      device.publish("iot-2/evt/scanned/fmt/json", payload(), qos, true);
      device.publish("iot-2/evt/scanned/fmt/bin", marker().getBytes(UTF_8), qos, false);
    }
    device.disconnect();
    MqttClient other = connected(server, "d:acme01:pump:p4", "use-token-auth", generated);
    other.publish("iot-2/evt/scanned/fmt/text", marker().getBytes(UTF_8), 1, false);
    other.disconnect();
    MqttClient gateway = connected(server, "g:acme01:hub:h1", "use-token-auth", "token-of-hub-one");
    gateway.publish("iot-2/type/hub/id/h1/evt/scanned/fmt/json", payload(), 1, false);
    gateway.disconnect();
    MqttClient application =
        connected(server, "a:acme01:proxy", RunningServer.APP_KEY, RunningServer.APP_TOKEN);
    application.publish("iot-2/type/pump/id/p2/evt/scanned/fmt/json", payload(), 1, false);
    application.disconnect();
    waitWithQueue(server);
    dieWithWill(server);
    Rest rest = server.app();
    String body = new String(payload(), UTF_8);
    assertThat(
            rest.send("POST", "/api/v0002/application/types/pump/devices/p2/events/scanned", body)
                .statusCode())
        .isEqualTo(200);
    assertThat(
            server
                .rest("g-acme01-hub-h1", "token-of-hub-one")
                .send(
                    "POST",
                    "/api/v0002/device/types/hub/devices/h1/events/scanned",
                    new String(payload(), UTF_8))
                .statusCode())
        .isEqualTo(200);
    assertThat(
            rest.send(
                    "POST",
                    "/api/v1/tenants/acme01/devices/pump/p2/events",
                    "{\"name\":\"scanned\",\"payload\":" + new String(payload(), UTF_8) + "}")
                .statusCode())
        .isEqualTo(202);
  }

  /** An application away from its persistent session, for which events queue. */
  private void waitWithQueue(ChildServer server) throws MqttException {
    MqttConnectOptions persistent = server.login(RunningServer.APP_KEY, RunningServer.APP_TOKEN);
    persistent.setCleanSession(false);
    MqttClient away = server.paho("a:acme01:away");
    away.connect(persistent);
    away.subscribe("iot-2/type/+/id/+/evt/+/fmt/+", 2);
    away.disconnect();
    MqttClient device =
        connected(server, "d:acme01:pump:p2", "use-token-auth", "token-of-pump-two");
    device.publish("iot-2/evt/scanned/fmt/json", payload(), 2, false);
    device.disconnect();
  }

  private void dieWithWill(ChildServer server) throws MqttException {
    MqttConnectOptions options = server.login("use-token-auth", "token-of-pump-one");
    options.setWill("iot-2/evt/scanned/fmt/json", payload(), 1, true);
    MqttClient dying = server.paho("d:acme01:pump:p1");
    dying.connect(options);
    dying.disconnectForcibly(0, 0, false);
  }

  private void sendCommands(ChildServer server) throws Exception {
    MqttClient device =
        connected(server, "d:acme01:pump:p1", "use-token-auth", "token-of-pump-one");
    AtomicInteger delivered = new AtomicInteger();
    device.subscribe("iot-2/cmd/+/fmt/+", 1, (_, _) -> delivered.incrementAndGet());
    MqttClient application =
        connected(server, "a:acme01:proxy", RunningServer.APP_KEY, RunningServer.APP_TOKEN);
    Rest rest = server.app();
    // p1 takes them at once, p2 is away: they wait.
    for (String id : List.of("p1", "p2")) {
      application.publish("iot-2/type/pump/id/" + id + "/cmd/do/fmt/json", payload(), 1, false);
      assertThat(
              rest.send(
                      "POST",
                      "/api/v1/tenants/acme01/devices/pump/" + id + "/commands",
                      "{\"name\":\"do\",\"payload\":" + new String(payload(), UTF_8) + "}")
                  .statusCode())
          .isEqualTo(202);
      assertThat(
              rest.send(
                      "POST",
                      "/api/v0002/application/types/pump/devices/" + id + "/commands/do",
                      new String(payload(), UTF_8))
                  .statusCode())
          .isEqualTo(200);
    }
    await().until(() -> delivered.get() >= 3);
    device.disconnect();
    application.disconnect();
  }

  private void sendNonsense(ChildServer server) throws IOException {
    Rest rest = server.app();
    for (String path :
        List.of(
            "/api/v1/tenants/acme01/devices/pump/p1/events",
            "/api/v1/tenants/acme01/devices/pump/p1/commands",
            "/api/v1/tenants/acme01/devices",
            "/api/v0002/device/types/pump/devices",
            "/api/v0002/device/types")) {
      for (String body :
          List.of(
              "{\"name\":\"x\",\"payload\":\"" + marker(),
              "{\"" + marker() + "\":1}",
              "{\"id\":[\""
                  + marker()
                  + "\"],\"name\":7,\"deviceId\":{\"a\":\""
                  + marker()
                  + "\"}}",
              marker())) {
        assertThat(rest.send("POST", path, body).statusCode()).isBetween(400, 499);
      }
    }
    assertThat(rest.get("/api/v0002/device/types?_limit=" + marker()).statusCode()).isEqualTo(400);
    assertThat(
            rest.get("/api/v1/tenants/acme01/devices?next=" + marker() + "&token=" + marker())
                .statusCode())
        .isEqualTo(400);
    for (int port : new int[] {server.https(), server.mqtts()}) {
      try (SSLSocket socket =
              (SSLSocket) server.trust().getSocketFactory().createSocket("localhost", port);
          OutputStream out = socket.getOutputStream()) {
        out.write((marker() + "\0\u0001 HTTP/9\r\n\r\n").getBytes(UTF_8));
        out.flush();
        socket.setSoTimeout(2_000);
        await().until(() -> socket.getInputStream().read() >= -1);
      }
    }
  }

  private void failLogins(ChildServer server) throws MqttException {
    String device = "d:acme01:pump:p1";
    // Wrong secrets; a secret where the name belongs; both swapped.
    refuse(server, device, "use-token-auth", marker());
    refuse(server, device, marker(), "use-token-auth");
    refuse(server, "d:acme01:pump:none", "use-token-auth", marker());
    refuse(server, "a:acme01:proxy", RunningServer.APP_KEY, marker());
    refuse(server, "a:acme01:proxy", marker(), RunningServer.APP_KEY);
    refuse(server, "g:acme01:hub:h1", "use-token-auth", marker());
    for (String path : List.of("/api/v1/tenants/acme01", "/api/v0002/device/types")) {
      assertThat(server.rest(RunningServer.APP_KEY, marker()).get(path).statusCode())
          .isEqualTo(401);
      assertThat(server.rest(marker(), RunningServer.APP_KEY).get(path).statusCode())
          .isEqualTo(401);
      assertThat(server.rest("use-token-auth", marker()).get(path).statusCode()).isEqualTo(401);
    }
  }

  private static MqttClient connected(
      ChildServer server, String clientId, String user, String password) throws MqttException {
    MqttClient client = server.paho(clientId);
    client.connect(server.login(user, password));
    return client;
  }

  private static void refuse(ChildServer server, String clientId, String user, String password)
      throws MqttException {
    MqttClient client = server.paho(clientId);
    assertThatThrownBy(() -> client.connect(server.login(user, password)))
        .isInstanceOf(MqttException.class);
    client.close();
  }

  @Test
  void the_scan_finds_each_form_of_a_secret_and_reads_where_events_are() throws IOException {
    byte[] secret = (stem + "-0").getBytes(UTF_8);
    Path bait = Files.createDirectory(folder.resolve("bait"));
    for (int shift = 0; shift < 3; shift++) {
      Files.writeString(
          bait.resolve("base64-" + shift),
          Base64.getEncoder()
              .encodeToString(("abc".substring(shift) + stem + "zz").getBytes(UTF_8)));
    }
    Files.write(bait.resolve("raw"), secret);
    Files.writeString(bait.resolve("hex"), java.util.HexFormat.of().formatHex(secret));
    Files.write(bait.resolve("utf16"), stem.getBytes(java.nio.charset.StandardCharsets.UTF_16));
    try (Stream<Path> files = Files.list(bait)) {
      assertThat(files.toList())
          .hasSize(6)
          .allSatisfy(file -> assertThat(scan.in(file)).isNotEmpty());
    }
    LeakScan readable = new LeakScan().lookFor("the event's name", "scanned");
    assertThat(readable.below(data().resolve("log"))).isNotEmpty();
    assertThat(new LeakScan().lookFor("the device", "pump").in(data().resolve("registry.db")))
        .isNotEmpty();
  }

  @Test
  void the_data_folder_holds_nothing_readable_neither_running_nor_stopped() throws IOException {
    assertThat(whileRunning).isEmpty();
    assertThat(scan.below(data())).isEmpty();
  }

  @Test
  void logs_tell_nothing() throws IOException {
    assertThat(scan.in(folder.resolve("output.log"))).isEmpty();
  }

  @Test
  void a_backup_holds_nothing_readable_and_neither_does_it_opened() throws IOException {
    assertThat(scan.in(backup())).isEmpty();
    Path opened = folder.resolve("opened");
    Restore.unpack(backup(), opened, Secret.of(PASSPHRASE));
    assertThat(opened.resolve("registry.db")).isNotEmptyFile();
    assertThat(scan.below(opened)).isEmpty();
  }

  @Test
  void the_key_folder_holds_only_the_master_key_and_the_first_operators_key() throws IOException {
    List<String> found = scan.below(keys());
    assertThat(found)
        .allSatisfy(
            finding -> assertThat(finding).containsAnyOf("master.key at", "first-operator-key at"))
        .anySatisfy(finding -> assertThat(finding).contains("the master key's text"))
        .anySatisfy(finding -> assertThat(finding).contains("the operator's token"))
        .noneSatisfy(finding -> assertThat(finding).contains("a supplied secret"));
  }

  @Test
  void folders_for_temporary_files_hold_nothing() throws IOException {
    LeakScan own = new LeakScan().lookFor("a supplied secret or payload", stem);
    List<String> found = new ArrayList<>();
    for (Path temporary : List.of(Path.of(System.getProperty("java.io.tmpdir")), Path.of("/tmp"))) {
      if (!Files.isDirectory(temporary)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(temporary, 1)) {
        files
            .filter(Files::isRegularFile)
            .filter(this::isNew)
            .forEach(file -> found.addAll(own.in(file)));
      }
    }
    assertThat(found).isEmpty();
  }

  private boolean isNew(Path file) {
    try {
      return Files.getLastModifiedTime(file).compareTo(FileTime.from(began)) >= 0
          && Files.size(file) < 64 << 20;
    } catch (IOException gone) {
      return false;
    }
  }

  @Test
  void who_has_the_data_folder_alone_opens_nothing() throws IOException {
    Path stolen = Files.createDirectory(folder.resolve("stolen"));
    for (String name : List.of("tenant.keys", "data.keys")) {
      Files.copy(data().resolve("keys").resolve(name), stolen.resolve(name));
    }
    MasterKey another = MasterKey.random(new SecureRandom());
    assertThatThrownBy(
            () -> new FileTenantKeys(stolen, another, Clock.systemUTC(), new SecureRandom()))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("master key");
    assertThatThrownBy(
            () -> MasterKey.loadOrCreate(folder.resolve("no.keys"), stolen, new SecureRandom()))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("is missing");
  }
}
