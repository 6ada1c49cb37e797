package io.sallyport.store.rocksdb;

import static io.sallyport.platform.telemetry.TestEvents.anEvent;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.StoredEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A process whose disk fails under its store: writes until that happens, mends the disk, goes on,
 * and checks that everything acknowledged is there once. Prints one line of results.
 *
 * <p>Arguments: folder, {@code full} (the volume is small; a big file in it is deleted to mend it)
 * or {@code limit} (the process may write no file beyond 64 KiB).
 */
final class FailingDisk {
  private static final int LEFT_FREE_BYTES = 2 << 20;
  private static final int FILE_BYTES_MAX = 64 << 10;
  private static final RocksStoreConfig CONFIG =
      new RocksStoreConfig(8 << 20, 2 << 20, 4 << 20, 0, Duration.ofDays(1), 64, 2);

  private final Path folder;
  private final boolean full;
  private final Random random = new Random(3);
  private final Map<Long, String> acknowledged = new HashMap<>();
  private final Set<Problem.Code> seen = EnumSet.noneOf(Problem.Code.class);
  private int failures;

  private FailingDisk(Path folder, boolean full) {
    this.folder = folder;
    this.full = full;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    new FailingDisk(Path.of(args[0]), args[1].equals("full")).run();
  }

  private void run() throws IOException, InterruptedException {
    try (StoreFixture open = new StoreFixture(folder, CONFIG)) {
      for (int i = 0; i < 40; i++) {
        append(open, batch());
      }
      spoil();
      List<Event> failed = appendUntilFailure(open);
      int read = open.store.read(1, 0, 10).size();
      mend();
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!append(open, failed) && System.nanoTime() - deadline < 0) {
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
      for (int i = 0; i < 20; i++) {
        append(open, batch());
      }
      System.out.println("reads while failing: " + read);
    }
    try (StoreFixture open = new StoreFixture(folder, CONFIG)) {
      report(open);
    }
  }

  private void spoil() throws IOException, InterruptedException {
    if (full) {
      // How much the store takes by now depends on when its buffers were written out.
      long free = Files.getFileStore(folder).getUsableSpace();
      Files.write(
          folder.resolve("filler"), new byte[Math.toIntExact(Math.max(0, free - LEFT_FREE_BYTES))]);
    } else {
      limitFiles(Integer.toString(FILE_BYTES_MAX));
    }
  }

  private void mend() throws IOException, InterruptedException {
    if (full) {
      Files.delete(folder.resolve("filler"));
    } else {
      limitFiles("unlimited");
    }
  }

  private static void limitFiles(String softLimit) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder(
                "prlimit",
                "--pid",
                Long.toString(ProcessHandle.current().pid()),
                "--fsize=" + softLimit + ":")
            .inheritIO()
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IllegalStateException("prlimit failed");
    }
  }

  /** The batch that can't be appended, though tried several times. */
  private List<Event> appendUntilFailure(StoreFixture open) {
    while (acknowledged.size() < 500_000) {
      List<Event> batch = batch();
      int tries = 1;
      while (!append(open, batch)) {
        if (++tries == 5) {
          return batch;
        }
      }
    }
    throw new IllegalStateException("the disk does not fail");
  }

  private boolean append(StoreFixture open, List<Event> batch) {
    try {
      long[] positions = open.store.append(batch);
      for (int i = 0; i < positions.length; i++) {
        acknowledged.put(positions[i], payload(batch.get(i)));
      }
      return true;
    } catch (ProblemException failing) {
      seen.add(failing.problem().code());
      failures++;
      return false;
    }
  }

  private List<Event> batch() {
    List<Event> batch = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      batch.add(
          anEvent()
              .ofDevice(random.nextInt(10))
              .at(1_000)
              .payload("payload " + random.nextLong() + " ".repeat(400))
              .build());
    }
    return batch;
  }

  private void report(StoreFixture open) {
    Map<String, Integer> stored = new HashMap<>();
    int lost = acknowledged.size();
    long from = 0;
    List<StoredEvent> events = open.store.read(1, from, 1_000);
    while (!events.isEmpty()) {
      for (StoredEvent event : events) {
        String payload = payload(event.event());
        stored.merge(payload, 1, Integer::sum);
        if (payload.equals(acknowledged.get(event.position()))) {
          lost--;
        }
      }
      from = events.getLast().position() + 1;
      events = open.store.read(1, from, 1_000);
    }
    long doubled = stored.values().stream().filter(times -> times > 1).count();
    System.out.println(
        "codes "
            + seen
            + " failures "
            + failures
            + " lost "
            + lost
            + " doubled "
            + doubled
            + " unacknowledged "
            + (stored.size() - acknowledged.size()));
  }

  private static String payload(Event event) {
    return new String(event.payload().sharedBytes(), StandardCharsets.UTF_8);
  }
}
