package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.Secret;
import io.sallyport.server.config.ConfigurationProblem;
import io.sallyport.server.data.DataFolder;
import io.sallyport.server.data.Restore;
import io.sallyport.server.endtoend.RunningServer.Rest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** THREATS T05: a restore brings the data back, and nothing that was taken away since. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoreTest {
  private static final Secret PASSPHRASE = Secret.of("restore passphrase of ample length");
  private static final String DEVICES = "/api/v0002/device/types/pump/devices";

  @TempDir static Path folder = Path.of(".");

  private record Key(String name, String token) {}

  private Key kept = new Key("", "");
  private Key deleted = new Key("", "");
  private Key disabled = new Key("", "");
  private long newestDevice;
  private long newestTenant;

  private Path original() {
    return folder.resolve("original");
  }

  private Path backup() {
    return folder.resolve("older.backup");
  }

  @BeforeAll
  void back_up_and_then_take_away() throws Exception {
    Files.createDirectory(original());
    try (RunningServer server = RunningServer.in(original())) {
      Rest rest = server.app();
      for (String id : List.of("removed", "switched-off", "renewed")) {
        assertThat(
                rest.send(
                        "POST",
                        DEVICES,
                        "{\"deviceId\":\"" + id + "\",\"authToken\":\"token-of-" + id + "\"}")
                    .statusCode())
            .isEqualTo(201);
      }
      kept = makeKey(server);
      deleted = makeKey(server);
      disabled = makeKey(server);
      makeTenant(server, "gone03");
      publish(server, "p1", "token-of-pump-one", 1);
      server.server().backup(backup(), PASSPHRASE);

      makeTenant(server, "later4");
      makeTenant(server, "brief5");
      assertThat(server.operator().send("DELETE", "/api/v1/tenants/brief5", "").statusCode())
          .isEqualTo(204);
      assertThat(
              rest.send(
                      "POST", DEVICES, "{\"deviceId\":\"later\",\"authToken\":\"token-of-later\"}")
                  .statusCode())
          .isEqualTo(201);
      publish(server, "later", "token-of-later", 1);
      publish(server, "p1", "token-of-pump-one", 2);
      assertThat(rest.send("DELETE", DEVICES + "/removed", "").statusCode()).isEqualTo(204);
      Rest admin = server.admin();
      assertThat(
              admin
                  .send(
                      "PATCH",
                      "/api/v1/tenants/acme01/devices/pump/switched-off",
                      "{\"enabled\":false}")
                  .statusCode())
          .isEqualTo(200);
      assertThat(
              admin
                  .send("POST", "/api/v1/tenants/acme01/devices/pump/renewed/credentials", "{}")
                  .statusCode())
          .isEqualTo(200);
      String keys = "/api/v1/tenants/acme01/api-keys/";
      assertThat(admin.send("DELETE", keys + deleted.name(), "").statusCode()).isEqualTo(204);
      assertThat(admin.send("PATCH", keys + disabled.name(), "{\"enabled\":false}").statusCode())
          .isEqualTo(200);
      assertThat(server.operator().send("DELETE", "/api/v1/tenants/gone03", "").statusCode())
          .isEqualTo(204);
    }
    newestDevice = newest(original().resolve("data"), "objects");
    newestTenant = newest(original().resolve("data"), "tenant_ids");
  }

  private static void makeTenant(RunningServer server, String id) throws IOException {
    assertThat(
            server
                .operator()
                .send("POST", "/api/v1/tenants", "{\"id\":\"" + id + "\",\"name\":\"Some\"}")
                .statusCode())
        .isEqualTo(201);
  }

  /** The highest internal number in the registry of a stopped server. */
  private static long newest(Path data, String table) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("registry.db"));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT max(number) FROM " + table)) {
      return row.getLong(1);
    }
  }

  private static Key makeKey(RunningServer server) {
    Rest admin = server.admin();
    JsonNode made =
        admin.json(
            admin.send(
                "POST", "/api/v1/tenants/acme01/api-keys", "{\"roles\":[\"PD_STANDARD_APP\"]}"));
    return new Key(made.path("key").asString(), made.path("token").asString());
  }

  private static void publish(RunningServer server, String id, String token, int n)
      throws MqttException {
    MqttClient device = server.device(id, token);
    device.publish("iot-2/evt/count/fmt/json", ("{\"n\":" + n + "}").getBytes(UTF_8), 1, false);
    device.disconnect();
  }

  private static int login(RunningServer server, Key key) {
    return server.rest(key.name(), key.token()).get("/api/v0002/device/types").statusCode();
  }

  /** A folder restored from the backup, with the key folder beside it. */
  private Path restored(String name, String... withoutKeyFiles) throws IOException {
    Path into = Files.createDirectory(folder.resolve(name));
    Restore.unpack(backup(), into.resolve("data"), PASSPHRASE);
    Folders.copyFlat(original().resolve("data.keys"), into.resolve("data.keys"), withoutKeyFiles);
    return into;
  }

  @Test
  void what_was_taken_away_since_the_backup_stays_away() throws Exception {
    try (RunningServer server = RunningServer.in(restored("with-journal"))) {
      assertThat(login(server, kept)).isEqualTo(200);
      assertThat(login(server, deleted)).isEqualTo(401);
      assertThat(login(server, disabled)).isEqualTo(401);
      for (String id : List.of("removed", "switched-off", "renewed")) {
        assertThatThrownBy(() -> server.device(id, "token-of-" + id))
            .as(id)
            .isInstanceOf(MqttException.class);
      }
      Rest rest = server.app();
      assertThat(rest.get(DEVICES + "/removed").statusCode()).isEqualTo(404);
      assertThat(server.operator().get("/api/v1/tenants/gone03").statusCode()).isEqualTo(404);

      publish(server, "p1", "token-of-pump-one", 3);
      JsonNode page = rest.json(rest.get("/api/v1/tenants/acme01/devices/pump/p1/events"));
      assertThat(page.path("items").valueStream().map(e -> e.path("payload").path("n").asInt()))
          .containsExactly(3, 1);
      Rest operator = server.operator();
      assertThat(operator.get("/api/v1/audit?limit=200").body()).contains("installation.restored");
      server.restart();
      assertThat(login(server, deleted)).as("after another start").isEqualTo(401);
      assertThatThrownBy(() -> server.device("removed", "token-of-removed"))
          .isInstanceOf(MqttException.class);
    }
  }

  /** A revocation's entry is older than its commit, which the backup's copy may miss. */
  @Test
  void deletions_that_were_underway_when_the_backup_began_stay_done() throws Exception {
    Path busy = Files.createDirectory(folder.resolve("busy"));
    Path file = folder.resolve("busy.backup");
    int devices = 60;
    try (RunningServer server = RunningServer.in(busy)) {
      for (int i = 0; i < devices; i++) {
        assertThat(
                server.app().send("POST", DEVICES, "{\"deviceId\":\"busy" + i + "\"}").statusCode())
            .isEqualTo(201);
      }
      try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Integer>> deletions = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
          String id = "busy" + i;
          deletions.add(
              callers.submit(
                  () -> server.app().send("DELETE", DEVICES + "/" + id, "").statusCode()));
        }
        deletions.getFirst().get();
        server.server().backup(file, PASSPHRASE);
        for (Future<Integer> deletion : deletions) {
          assertThat(deletion.get()).isEqualTo(204);
        }
      }
    }
    Path into = Files.createDirectory(folder.resolve("busy-restored"));
    Restore.unpack(file, into.resolve("data"), PASSPHRASE);
    Folders.copyFlat(busy.resolve("data.keys"), into.resolve("data.keys"));

    try (RunningServer server = RunningServer.in(into)) {
      for (int i = 0; i < devices; i++) {
        assertThat(server.app().get(DEVICES + "/busy" + i).statusCode()).isEqualTo(404);
      }
    }
  }

  @Test
  void bootstrap_file_does_not_make_again_what_was_deleted() throws Exception {
    Path own = Files.createDirectory(folder.resolve("bootstrapped"));
    try (RunningServer server = RunningServer.in(own)) {
      assertThat(server.app().send("DELETE", DEVICES + "/p1", "").statusCode()).isEqualTo(204);
      String keys = "/api/v1/tenants/acme01/api-keys/";
      assertThat(server.admin().send("DELETE", keys + "a-acme01-visualonly", "").statusCode())
          .isEqualTo(204);

      server.restart();

      assertThatThrownBy(() -> server.device("p1", "token-of-pump-one"))
          .isInstanceOf(MqttException.class);
      assertThat(server.app().get(DEVICES + "/p1").statusCode()).isEqualTo(404);
      assertThat(login(server, new Key("a-acme01-visualonly", "acme-visualization-token")))
          .isEqualTo(401);
      assertThat(server.output())
          .containsOnlyOnce("the device pump p1 of tenant acme01")
          .contains("./sallyport device create --tenant acme01 pump p1")
          .containsOnlyOnce("the API key a-acme01-visualonly of tenant acme01");
      // Somebody decides to have it again: that counts.
      assertThat(server.app().send("POST", DEVICES, "{\"deviceId\":\"p1\"}").statusCode())
          .isEqualTo(201);
      server.restart();
      assertThat(server.app().get(DEVICES + "/p1").statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> server.device("p1", "token-of-pump-one"))
          .isInstanceOf(MqttException.class);
    }
  }

  /** THREATS T15. Both numbers are in the keys and the sealed content of what was lost. */
  private void assertNewNumbers(Path into, long above) throws Exception {
    try (RunningServer server = RunningServer.in(into)) {
      assertThatThrownBy(() -> server.device("later", "token-of-later"))
          .isInstanceOf(MqttException.class);
      assertThat(
              server
                  .app()
                  .send(
                      "POST",
                      DEVICES,
                      "{\"deviceId\":\"later\",\"authToken\":\"token-of-a-new-one\"}")
                  .statusCode())
          .isEqualTo(201);
      assertThatThrownBy(() -> server.device("later", "token-of-later"))
          .isInstanceOf(MqttException.class);
      publish(server, "later", "token-of-a-new-one", 2);
      makeTenant(server, "later4");
    }
    assertThat(newest(into.resolve("data"), "objects")).isGreaterThan(newestDevice + above);
    assertThat(newest(into.resolve("data"), "tenant_ids")).isGreaterThan(newestTenant + above);
  }

  @Test
  void numbers_given_since_the_backup_are_not_given_again() throws Exception {
    Path into = restored("with-numbers");
    assertNewNumbers(into, 0);
    assertThat(newest(into.resolve("data"), "objects")).isLessThan(newestDevice + 10_000);
  }

  @Test
  void without_their_marks_numbers_go_on_far_above() throws Exception {
    assertNewNumbers(restored("without-numbers", "numbers"), 1_000_000);
  }

  @Test
  void an_id_of_a_tenant_made_and_deleted_since_the_backup_is_not_given_again() throws Exception {
    try (RunningServer server = RunningServer.in(restored("with-retired-ids"))) {
      for (String id : List.of("gone03", "brief5")) {
        assertThat(
                server
                    .operator()
                    .send("POST", "/api/v1/tenants", "{\"id\":\"" + id + "\",\"name\":\"Again\"}")
                    .statusCode())
            .as(id)
            .isEqualTo(409);
      }
    }
  }

  @Test
  void without_the_journal_no_door_opens_until_an_operator_accepts_the_gap() throws Exception {
    Path into = restored("without-journal", "revocations");
    for (int attempt = 1; attempt <= 2; attempt++) {
      assertThatThrownBy(() -> RunningServer.in(into))
          .isInstanceOf(ConfigurationProblem.class)
          .hasMessageContaining("the journal of revocations in")
          .hasMessageContaining("is missing")
          .hasMessageContaining("./sallyport restore --accept-gap --data");
    }
    try (DataFolder data = DataFolder.open(into.resolve("data"))) {
      Restore.acceptGap(data);
    }
    try (RunningServer server = RunningServer.in(into)) {
      assertThat(login(server, deleted)).as("what the operator accepted").isEqualTo(200);
      assertThat(server.operator().get("/api/v1/audit?limit=200").body())
          .contains("missing, gap accepted");
    }
  }

  @Test
  void without_the_master_key_nothing_opens() throws IOException {
    Path into = restored("without-key", "master.key");
    assertThatThrownBy(() -> RunningServer.in(into))
        .isInstanceOf(ConfigurationProblem.class)
        .hasMessageContaining("the master key")
        .hasMessageContaining("is missing");
  }

  @Test
  void a_wrong_passphrase_is_refused_and_leaves_nothing() throws IOException {
    refused(backup(), Secret.of("another passphrase altogether"), "wrong passphrase");
  }

  @Test
  void a_truncated_backup_is_refused_and_leaves_nothing() throws IOException {
    byte[] whole = Files.readAllBytes(backup());
    for (int length : new int[] {0, 20, 60, whole.length / 2, whole.length - 1}) {
      Path cut = Files.write(folder.resolve("cut.backup"), Arrays.copyOf(whole, length));
      refused(cut, PASSPHRASE, "can't restore");
    }
  }

  @Test
  void a_backup_with_one_flipped_bit_is_refused_and_leaves_nothing() throws IOException {
    byte[] whole = Files.readAllBytes(backup());
    for (int at : new int[] {0, 9, 30, 50, whole.length / 2, whole.length - 1}) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Path flipped = Files.write(folder.resolve("flipped.backup"), changed);
      refused(flipped, PASSPHRASE, "can't restore");
    }
  }

  private static void refused(Path file, Secret passphrase, String text) throws IOException {
    Path beside = Files.createTempDirectory(folder, "refused");
    assertThatThrownBy(() -> Restore.unpack(file, beside.resolve("data"), passphrase))
        .isInstanceOf(ConfigurationProblem.class)
        .hasMessageContaining(text)
        .hasMessageContaining("nothing was changed");
    assertThat(beside).isEmptyDirectory();
  }

  @Test
  void an_existing_folder_is_never_restored_over() throws IOException {
    Path there = Files.createDirectory(folder.resolve("there"));
    Path file = Files.writeString(there.resolve("precious"), "data");
    assertThatThrownBy(() -> Restore.unpack(backup(), there, PASSPHRASE))
        .isInstanceOf(ConfigurationProblem.class)
        .hasMessageContaining("exists already");
    assertThat(file).hasContent("data");
  }
}
