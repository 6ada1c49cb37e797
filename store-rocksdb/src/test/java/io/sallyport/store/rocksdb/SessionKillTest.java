package io.sallyport.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.store.LoadedSessions;
import io.sallyport.mqtt.store.QueuedMessage;
import io.sallyport.mqtt.store.SessionRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that writes queues with SIGKILL, several times over one folder. */
class SessionKillTest {
  private static final int ROUNDS = Integer.getInteger("sallyport.kill.rounds", 2);

  @TempDir Path folder;

  @Test
  void nothing_committed_is_lost_and_no_batch_is_there_in_part() throws Exception {
    long seed = RandomGenerator.getDefault().nextLong();
    System.out.println("SessionKillTest seed " + seed);
    Random random = new Random(seed);
    long before = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long committed = writeAndKill(random.nextLong(), 200 + random.nextInt(2_000));
      assertThat(committed).isGreaterThan(before);
      before = verify(committed);
    }
  }

  /** Returns the number of the last batch that was told as committed. */
  private long writeAndKill(long seed, int lines) throws IOException, InterruptedException {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingSessions.class.getName(),
                folder.toString(),
                Long.toString(seed))
            .redirectError(Redirect.INHERIT)
            .start();
    long last = 0;
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
      int read = 0;
      String line = output.readLine();
      while (line != null) {
        // The last line may be cut off by the kill.
        String next = output.readLine();
        if (next != null) {
          last = Long.parseLong(line);
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
    return last;
  }

  /** The cursor says which batch is the last: each must be there as a whole, up to that one. */
  private long verify(long committed) {
    try (SessionFixture open = new SessionFixture(folder)) {
      LoadedSessions loaded = LoadedSessions.of(open.sessions);
      long last = open.sessions.cursor(CrashingSessions.SCOPE).orElseThrow();
      assertThat(last).isGreaterThanOrEqualTo(committed);
      assertThat(loaded.sessions()).hasSize(CrashingSessions.SESSIONS);
      List<Long> expected = new ArrayList<>();
      for (long number = 1; number <= last; number++) {
        if (number + 2 > last || !CrashingSessions.takesOut(number + 2)) {
          expected.add(number);
        }
      }
      for (SessionRecord session : loaded.sessions()) {
        List<QueuedMessage> rows =
            open.sessions.rows(session.ref(), 1, Integer.MAX_VALUE, Long.MAX_VALUE);
        assertThat(rows).extracting(QueuedMessage::sequence).containsExactlyElementsOf(expected);
        assertThat(rows)
            .allSatisfy(row ->
                assertThat(row.message()).isEqualTo(CrashingSessions.content(row.sequence())));
        assertThat(loaded.queue(session.ref()).messages()).isEqualTo(rows.size());
      }
      List<Integer> received = open.sessions.receivedIds(loaded.sessions().getFirst().ref());
      assertThat(received).hasSize((int) Math.min(last, 1_000));
      return last;
    }
  }
}
