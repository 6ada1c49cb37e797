package io.sallyport.store.rocksdb;

import static io.sallyport.mqtt.store.SessionStoreContract.message;
import static io.sallyport.mqtt.store.SessionStoreContract.session;
import static io.sallyport.mqtt.store.SessionStoreContract.waiting;
import static io.sallyport.platform.telemetry.TestEvents.anEvent;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.LoadedSessions;
import io.sallyport.mqtt.store.SessionRecord;
import io.sallyport.mqtt.store.StoredMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;

/**
 * A process that submits batches until it is killed, while a log is being appended to, and prints
 * the number of each once it is committed. A batch puts one message into every session, marks one
 * received id and moves the cursor to its number; every second one takes the message before the
 * last out again.
 */
final class CrashingSessions {
  static final int SESSIONS = 4;
  static final Scope SCOPE = new Scope("test", 1);

  private CrashingSessions() {}

  static StoredMessage content(long number) {
    return message("t", (number % 3 == 0 ? "long ".repeat(100) : "short ") + number);
  }

  /** Whether the batch with this number takes the messages two before out. */
  static boolean takesOut(long number) {
    return number % 2 == 0 && number > 2;
  }

  /**
   * @param args folder, seed
   */
  public static void main(String[] args) throws InterruptedException {
    Random random = new Random(Long.parseLong(args[1]));
    try (SessionFixture open = new SessionFixture(Path.of(args[0]))) {
      LoadedSessions loaded = LoadedSessions.of(open.sessions);
      List<SessionRecord> sessions = new ArrayList<>(loaded.sessions());
      Batch.Builder missing = Batch.builder();
      for (int i = sessions.size(); i < SESSIONS; i++) {
        SessionRecord made = session(SCOPE, open.sessions.newSessionNumber(), null);
        sessions.add(made);
        missing.putSession(made);
      }
      open.sessions.submit(missing.build(), () -> {}, CrashingSessions::fail);
      Thread.ofPlatform().daemon().start(() -> append(open, random.nextLong()));
      Semaphore room = new Semaphore(500);
      for (long number = open.sessions.cursor(SCOPE).orElse(0) + 1; ; number++) {
        room.acquire();
        submit(open, sessions, number, room);
      }
    }
  }

  private static void submit(
      SessionFixture open, List<SessionRecord> sessions, long number, Semaphore room) {
    Batch.Builder batch = Batch.builder();
    StoredMessage content = content(number);
    for (SessionRecord session : sessions) {
      batch.putMessage(waiting(session.ref(), number, content));
      if (takesOut(number)) {
        batch.deleteMessage(session.ref(), number - 2);
      }
    }
    batch
        .markReceived(sessions.getFirst().ref(), (int) (number % 1_000) + 1)
        .putCursor(SCOPE, number);
    open.sessions.submit(
        batch.build(),
        () -> {
          byte[] line = (number + "\n").getBytes(US_ASCII);
          System.out.write(line, 0, line.length);
          System.out.flush();
          room.release();
        },
        CrashingSessions::fail);
  }

  private static void append(SessionFixture open, long seed) {
    Random random = new Random(seed);
    while (true) {
      open.log.store.append(
          List.of(
              anEvent()
                  .inTenant(1)
                  .ofDevice(random.nextInt(50))
                  .at(System.currentTimeMillis())
                  .build()),
          Map.of());
    }
  }

  private static void fail(Exception refused) {
    refused.printStackTrace();
    Runtime.getRuntime().halt(3);
  }
}
