package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.Secret;
import io.sallyport.server.data.Restore;
import io.sallyport.server.endtoend.RunningServer.Rest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** THREATS T01: whatever is killed and restored, no nonce is used twice under one key. */
class NonceTest {
  private static final String PASSPHRASE = "nonce passphrase of ample length";
  private static final int EVENTS = 40;
  private static final int COMMANDS = 10;

  @TempDir Path folder = Path.of(".");

  @Test
  void no_nonce_is_used_twice_after_kills_and_two_restores_of_one_backup() throws Exception {
    Path passphrase = Files.writeString(folder.resolve("passphrase"), PASSPHRASE + "\n");
    String config =
        "backup: { folder: "
            + folder.resolve("backups")
            + ", passphrase-file: "
            + passphrase
            + " }\n";
    Path first = Files.createDirectory(folder.resolve("first"));
    try (ChildServer server = ChildServer.start(first, config)) {
      assertThat(
              server.app().send("PUT", "/api/v0002/config/lec", "{\"enabled\":true}").statusCode())
          .isEqualTo(200);
      write(server, "before");
      assertThat(server.operator().send("POST", "/api/v1/backup", "{}").statusCode())
          .isBetween(200, 204);
      write(server, "after");
      server.kill();
    }
    Path reference = folder.resolve("reference");
    Restore.unpack(backup(), reference, Secret.of(PASSPHRASE));
    SealedValues inBackup = SealedValues.of(reference);
    assertThat(inBackup.count()).isGreaterThanOrEqualTo(EVENTS + COMMANDS);

    SealedValues all = inBackup;
    Set<String> newKeys = new HashSet<>();
    for (String name : new String[] {"second", "third"}) {
      Path again = Files.createDirectory(folder.resolve(name));
      Restore.unpack(backup(), again.resolve("data"), Secret.of(PASSPHRASE));
      Folders.copyFlat(first.resolve("data.keys"), again.resolve("data.keys"));
      try (ChildServer server = ChildServer.start(again, config)) {
        write(server, name);
        server.kill();
      }
      SealedValues restored = SealedValues.of(again.resolve("data"));
      assertThat(restored.count()).isGreaterThanOrEqualTo(2 * (EVENTS + COMMANDS));
      all = all.and(restored);
      restored.keyIds().removeAll(inBackup.keyIds());
      assertThat(restored.keyIds()).as("new data keys after the restore").isNotEmpty();
      assertThat(newKeys).doesNotContainAnyElementsOf(restored.keyIds());
      newKeys.addAll(restored.keyIds());
    }
    // The killed one goes on, too.
    try (ChildServer server = ChildServer.start(first, config)) {
      write(server, "again");
      server.kill();
    }
    SealedValues original = SealedValues.of(first.resolve("data"));
    assertThat(original.count()).isGreaterThanOrEqualTo(3 * (EVENTS + COMMANDS));
    all = all.and(original);
    assertThat(all.repeated()).isEmpty();
  }

  private Path backup() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("backups"))) {
      return files.findFirst().orElseThrow();
    }
  }

  private static void write(ChildServer server, String what) throws MqttException {
    MqttClient device = server.paho("d:acme01:pump:p1");
    device.connect(server.login("use-token-auth", "token-of-pump-one"));
    for (int i = 0; i < EVENTS; i++) {
      device.publish(
          "iot-2/evt/level" + i % 4 + "/fmt/json",
          ("{\"" + what + "\":" + i + "}").getBytes(UTF_8),
          1,
          false);
    }
    device.disconnect();
    Rest rest = server.app();
    for (int i = 0; i < COMMANDS; i++) {
      assertThat(
              rest.send(
                      "POST",
                      "/api/v1/tenants/acme01/devices/pump/p2/commands",
                      "{\"name\":\"do\",\"payload\":{\"" + what + "\":" + i + "}}")
                  .statusCode())
          .isEqualTo(202);
    }
  }
}
