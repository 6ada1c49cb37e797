package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.server.endtoend.RunningServer.Rest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A full disk, a disk that turned read-only, a folder that another process holds. */
class StorageTroubleTest {
  private static final Duration RECOVERY_MAX = Duration.ofMinutes(2);
  private static final int FILL_BYTES = 100_000;
  private static final int EVENTS_MAX = 1_000;
  private static final int WINDOW = 40;

  @TempDir Path folder = Path.of(".");

  private final PublishingDevice device = new PublishingDevice("p1", "token-of-pump-one", 1);

  private void publish(MqttAsyncClient client, int count) throws MqttException {
    for (int i = 0; i < count; i++) {
      device.publish(client, FILL_BYTES, () -> {});
    }
  }

  /** RocksDB has space in hand that it took before the disk was full; that is used up first. */
  private void publishUntilHeldBack(MqttAsyncClient client)
      throws MqttException, InterruptedException {
    Semaphore window = new Semaphore(WINDOW);
    for (int i = 0; i < EVENTS_MAX; i++) {
      if (!window.tryAcquire(5, TimeUnit.SECONDS)) {
        return;
      }
      device.publish(client, FILL_BYTES, window::release);
    }
    throw new AssertionError("all events were acknowledged, whatever the disk holds");
  }

  private void awaitAllAcknowledged() {
    await()
        .atMost(RECOVERY_MAX)
        .untilAsserted(() -> assertThat(device.acknowledged()).hasSize(device.sent()));
  }

  /** Nothing more is acknowledged, operators learn why, others only that. */
  private void assertHeldBack(ChildServer server, String reason) throws IOException {
    Rest operator = server.operator();
    Rest application = server.app();
    await()
        .atMost(RECOVERY_MAX)
        .untilAsserted(() -> {
          HttpResponse<String> ready = operator.get("/ready");
          assertThat(ready.statusCode()).isEqualTo(503);
          assertThat(ready.body()).contains("storage").containsIgnoringCase(reason);
        });
    HttpResponse<String> ready = application.get("/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).doesNotContain("storage").doesNotContain(folder.toString());
    assertThat(server.output()).contains("Events can't be stored, publishers are held back: ");
    int acknowledged = device.acknowledged().size();
    assertThat(acknowledged).isLessThan(device.sent());
    await()
        .atMost(Duration.ofSeconds(10))
        .during(Duration.ofSeconds(3))
        .until(() -> device.acknowledged().size() == acknowledged);
  }

  private void assertNothingLost(ChildServer server) {
    assertThat(device.stored(server.app()).keySet()).containsAll(device.acknowledged());
  }

  /** With a reserve appends stop before the disk is full; without one it is RocksDB that fails. */
  @ParameterizedTest
  @CsvSource({"32MiB, 24, MiB are kept free", "0B, 0, full"})
  void on_a_full_disk_publishers_are_held_back_until_there_is_space(
      String reserve, int leftMebibytes, String reason) throws Exception {
    try (Volume volume = Volume.inMemory(folder.resolve("small"), 160)) {
      Path data = volume.mounted().resolve("data");
      String config = "limits: { storage-free-bytes: " + reserve + " }\n";
      try (ChildServer server = ChildServer.launch(folder, data, config, volume.enter())) {
        server.awaitReady();
        MqttAsyncClient client = device.connect(server);
        publish(client, 20);
        awaitAllAcknowledged();
        volume.fill((long) leftMebibytes << 20);
        publishUntilHeldBack(client);
        assertHeldBack(server, reason);
        assertThat(client.isConnected()).isTrue();
        assertNothingLost(server);

        volume.free();
        awaitAllAcknowledged();
        assertThat(server.operator().get("/ready").statusCode()).isEqualTo(200);
        assertThat(server.output()).contains("Events are being stored again");
        publish(client, 20);
        awaitAllAcknowledged();
        assertThat(
                server
                    .app()
                    .send("PUT", "/api/v0002/config/lec", "{\"enabled\":true}")
                    .statusCode())
            .as("the registry writes again, too")
            .isEqualTo(200);
        server.kill();
      }
      try (ChildServer server = ChildServer.launch(folder, data, config, volume.enter())) {
        server.awaitReady();
        assertNothingLost(server);
        assertThat(device.stored(server.app()).values()).containsOnly(1);
      }
    }
  }

  /** Nobody has tried to change anything yet: the check itself must look. */
  @Test
  void an_idle_server_says_that_no_revocation_could_be_stored() throws Exception {
    try (Volume volume = Volume.inMemory(folder.resolve("small"), 160)) {
      Path data = volume.mounted().resolve("data");
      try (ChildServer server = ChildServer.launch(folder, data, "", volume.enter())) {
        server.awaitReady();
        volume.fill(0);
        HttpResponse<String> ready = server.operator().get("/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        // The check's own words, or those of a write of the server that met it first.
        assertThat(ready.body()).contains("registry").containsPattern("no space (is )?left for ");
        assertThat(server.app().get("/ready").body()).doesNotContain("registry");

        volume.free();
        // A write of the server's own may have failed meanwhile; the next one shows that it is
        // over.
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> server.operator().get("/ready").statusCode() == 200);
      }
    }
  }

  @Test
  void a_disk_that_turns_read_only_gets_no_acknowledgement_and_loses_nothing() throws Exception {
    Path image = folder.resolve("image");
    Volume.format(image, 192);
    Path at = folder.resolve("disk");
    Path data = at.resolve("data");
    String config = "limits: { storage-free-bytes: 1MiB }\n";
    try (Volume volume = Volume.inFile(image, at);
        ChildServer server = ChildServer.launch(folder, data, config, volume.enter())) {
      server.awaitReady();
      MqttAsyncClient client = device.connect(server);
      publish(client, 20);
      awaitAllAcknowledged();
      volume.fail();
      publishUntilHeldBack(client);
      assertHeldBack(server, "the log in");
      assertNothingLost(server);
      assertThat(server.operator().get("/ready").body()).contains("start it afterwards");
      assertThat(
              server
                  .app()
                  .send(
                      "POST",
                      "/api/v0002/device/types/pump/devices",
                      "{\"deviceId\":\"unwritten\",\"authToken\":\"token-of-nobody\"}")
                  .statusCode())
          .isGreaterThanOrEqualTo(500);
      server.kill();
    }
    Volume.repair(image);
    try (Volume volume = Volume.inFile(image, at);
        ChildServer server = ChildServer.launch(folder, data, config, volume.enter())) {
      server.awaitReady();
      assertThat(device.acknowledged()).hasSizeGreaterThanOrEqualTo(20);
      assertNothingLost(server);
    }
  }

  @Test
  void when_the_log_can_be_written_again_events_are_stored_without_a_restart() throws Exception {
    Path image = folder.resolve("image");
    Volume.format(image, 192);
    Path at = folder.resolve("disk");
    Path data = at.resolve("data");
    String config = "limits: { storage-free-bytes: 1MiB }\n";
    try (Volume volume = Volume.inFile(image, at);
        ChildServer server = ChildServer.launch(folder, data, config, volume.enter())) {
      server.awaitReady();
      MqttAsyncClient client = device.connect(server);
      publish(client, 20);
      awaitAllAcknowledged();
      volume.freeze(data.resolve("log"));
      publishUntilHeldBack(client);
      assertHeldBack(server, "can't be written");
      assertNothingLost(server);
      assertThat(client.isConnected()).isTrue();

      volume.thaw(data.resolve("log"));
      awaitAllAcknowledged();
      assertThat(server.operator().get("/ready").statusCode()).isEqualTo(200);
      assertThat(server.output()).contains("Events are being stored again");
      assertNothingLost(server);
      assertThat(device.stored(server.app()).values()).containsOnly(1);
    }
  }

  @Test
  void a_read_only_folder_stops_the_start_with_a_message() throws Exception {
    try (Volume volume = Volume.inMemory(folder.resolve("small"), 160)) {
      Path data = volume.mounted().resolve("data");
      String config = "limits: { storage-free-bytes: 1MiB }\n";
      try (ChildServer server = ChildServer.launch(folder, data, config, volume.enter())) {
        server.awaitReady();
        server.stop();
      }
      volume.remountReadOnly();
      try (ChildServer server = ChildServer.launch(folder, data, config, volume.enter())) {
        assertThat(server.exitCode()).isEqualTo(1);
        assertThat(server.output())
            .contains("can't use the data folder " + data)
            .contains("It must be on a disk that is mounted for writing")
            .doesNotContain("\tat ");
      }
    }
  }

  @Test
  void a_full_disk_stops_the_start_with_a_message() throws Exception {
    try (Volume volume = Volume.inMemory(folder.resolve("small"), 160)) {
      Path data = volume.mounted().resolve("data");
      try (ChildServer server = ChildServer.launch(folder, data, "", volume.enter())) {
        server.awaitReady();
        server.stop();
      }
      volume.fill(0);
      try (ChildServer server = ChildServer.launch(folder, data, "", volume.enter())) {
        assertThat(server.exitCode()).isEqualTo(1);
        assertThat(server.output()).contains("no space left for " + data);
      }
    }
  }

  @Test
  void a_second_process_on_the_same_data_folder_is_refused() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (ChildServer first = ChildServer.start(folder, "");
        ChildServer second = ChildServer.launch(other, folder.resolve("data"), "", List.of())) {
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.output())
          .contains("is in use by another Sallyport process")
          .doesNotContain("\tat ");
      assertThat(first.app().get("/ready").statusCode()).isEqualTo(200);
    }
  }
}
