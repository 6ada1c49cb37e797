package io.sallyport.store.rocksdb;

import static io.sallyport.mqtt.store.SessionStoreContract.session;
import static io.sallyport.mqtt.store.SessionStoreContract.waiting;
import static io.sallyport.platform.telemetry.TestEvents.anEvent;

import com.sun.management.OperatingSystemMXBean;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.Commits;
import io.sallyport.mqtt.store.LoadedSessions;
import io.sallyport.mqtt.store.SessionRecord;
import io.sallyport.mqtt.store.StoredMessage;
import io.sallyport.platform.telemetry.Event;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures what a queued message costs, put and taken out again: a synced batch per message, the
 * deletions lazily behind it.
 *
 * <p>Arguments: folder (made, must be empty), messages, sessions that get each (1 or more), payload
 * bytes, messages that wait for their commit at once, {@code alone} or {@code beside-log} (another
 * thread appends batches of 100 events).
 */
final class SessionBench {
  private final OperatingSystemMXBean machine =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private SessionBench() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    StoreFixture log = new StoreFixture(folder, RocksStoreConfig.DEFAULT);
    try (SessionFixture open = new SessionFixture(log, SessionStoreLimits.DEFAULT)) {
      LoadedSessions.of(open.sessions);
      AtomicLong appended = new AtomicLong();
      if (args[5].equals("beside-log")) {
        Thread.ofPlatform().daemon().start(() -> append(open, appended));
      }
      int receivers = Integer.parseInt(args[2]);
      int payloadBytes = Integer.parseInt(args[3]);
      int window = Integer.parseInt(args[4]);
      SessionBench bench = new SessionBench();
      bench.run(open, 20_000, receivers, payloadBytes, window, appended);
      bench.run(open, Long.parseLong(args[1]), receivers, payloadBytes, window, appended);
      Runtime.getRuntime().halt(0);
    }
  }

  private static void append(SessionFixture open, AtomicLong appended) {
    List<Event> batch = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      batch.add(
          anEvent().inTenant(1).ofDevice(i).at(System.currentTimeMillis()).payload("x").build());
    }
    while (true) {
      open.log.store.append(new ArrayList<>(batch));
      appended.incrementAndGet();
    }
  }

  private void run(
      SessionFixture open,
      long messages,
      int receivers,
      int payloadBytes,
      int window,
      AtomicLong appended)
      throws InterruptedException {
    Batch.Builder made = Batch.builder();
    List<SessionRecord> sessions = new ArrayList<>();
    for (int i = 0; i < Math.max(100, receivers); i++) {
      sessions.add(session(new Scope("test", 1), open.sessions.newSessionNumber(), null));
      made.putSession(sessions.getLast());
    }
    Commits.commit(open.sessions, made);
    byte[] payload = new byte[payloadBytes];
    new Random(1).nextBytes(payload);
    Semaphore room = new Semaphore(window);
    long appendsBefore = appended.get();
    long cpu = machine.getProcessCpuTime();
    long wall = System.nanoTime();
    for (long number = 1; number <= messages; number++) {
      room.acquire();
      StoredMessage message = StoredMessage.of("bench/topic", payload, Qos.AT_LEAST_ONCE);
      Batch.Builder put = Batch.builder();
      Batch.Builder taken = Batch.builder();
      for (int i = 0; i < receivers; i++) {
        SessionRecord session = sessions.get((int) ((number + i) % sessions.size()));
        put.putMessage(waiting(session.ref(), number, message));
        taken.deleteMessage(session.ref(), number);
      }
      open.sessions.submit(
          put.build(),
          () -> {
            open.sessions.submitLazily(taken.build());
            room.release();
          },
          refused -> {
            throw refused;
          });
    }
    Commits.commit(open.sessions, Batch.builder());
    double seconds = (System.nanoTime() - wall) / 1e9;
    long rows = messages * receivers;
    System.out.printf(
        "rows %,d to %d sessions each, %d bytes, put and taken out in %.1f s: %,.0f rows/s, %.2f"
            + " CPU-us per row; appends beside it: %,.0f/s%n",
        rows,
        receivers,
        payloadBytes,
        seconds,
        rows / seconds,
        (machine.getProcessCpuTime() - cpu) / 1e3 / rows,
        (appended.get() - appendsBefore) / seconds);
  }
}
