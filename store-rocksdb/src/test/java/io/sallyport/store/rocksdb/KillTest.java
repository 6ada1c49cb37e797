package io.sallyport.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.StoredEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writing process with SIGKILL, several times over one folder. */
class KillTest {
  private static final int ROUNDS = Integer.getInteger("sallyport.kill.rounds", 2);

  @TempDir Path folder;

  @Test
  void nothing_acknowledged_is_lost_when_the_process_is_killed() throws Exception {
    long seed = RandomGenerator.getDefault().nextLong();
    System.out.println("KillTest seed " + seed);
    Random random = new Random(seed);
    Map<String, String> acknowledged = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      int before = acknowledged.size();
      writeAndKill(random.nextLong(), 2_000 + random.nextInt(20_000), acknowledged);
      assertThat(acknowledged.size()).isGreaterThan(before);
      verify(acknowledged);
    }
  }

  private void writeAndKill(long seed, int lines, Map<String, String> acknowledged)
      throws IOException, InterruptedException {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingWriter.class.getName(),
                folder.toString(),
                Long.toString(seed))
            .redirectError(Redirect.INHERIT)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
      int read = 0;
      String line = output.readLine();
      while (line != null) {
        // A line cut off by the kill has fewer words, or a shorter number that can't be checked.
        String[] words = line.split(" ");
        String next = output.readLine();
        if (next != null && words.length == 3) {
          acknowledged.put(words[0] + " " + words[1], words[2]);
        }
        if (++read == lines) {
          // Not Process.destroyForcibly: that one closes the output that is still to be read.
          assertThat(writer.toHandle().destroyForcibly()).isTrue();
        }
        line = next;
      }
    } finally {
      writer.destroyForcibly();
      writer.waitFor();
    }
  }

  private void verify(Map<String, String> acknowledged) {
    Map<String, String> stored = new HashMap<>();
    try (StoreFixture open = new StoreFixture(folder)) {
      for (int tenant = 1; tenant <= 2; tenant++) {
        long from = 0;
        List<StoredEvent> events = open.store.read(tenant, from, 10_000);
        while (!events.isEmpty()) {
          for (StoredEvent event : events) {
            stored.put(tenant + " " + event.position(), payload(event.event()));
          }
          from = events.getLast().position() + 1;
          events = open.store.read(tenant, from, 10_000);
        }
        assertThat(open.store.endPosition(tenant)).isEqualTo(from);
      }
    }
    assertThat(stored).containsAllEntriesOf(acknowledged);
  }

  private static String payload(Event event) {
    return new String(event.payload().sharedBytes(), StandardCharsets.UTF_8).substring(8);
  }
}
