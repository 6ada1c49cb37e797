package io.sallyport.store.rocksdb;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sallyport.mqtt.ReceivedMark;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.ContentSeal;
import io.sallyport.mqtt.store.QueuedMessage;
import io.sallyport.mqtt.store.SessionRef;
import io.sallyport.mqtt.store.SessionStore;
import io.sallyport.mqtt.store.SessionStoreException;
import io.sallyport.mqtt.store.SessionStoreException.Reason;
import io.sallyport.mqtt.store.StoredMessage;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.telemetry.StorageHealth;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions, queues and retained messages in the database of the log. One thread writes: what was
 * submitted while it waited for the disk is its next group, with one sync. Appends of the log write
 * to the same database on their own thread; the two take turns at the disk. While nothing can be
 * written batches wait.
 */
public final class RocksSessionStore implements SessionStore {
  private static final Logger LOG = LoggerFactory.getLogger(RocksSessionStore.class);
  private static final long RETRY_FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long RETRY_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

  private enum Waiting {
    NOT,
    /** For lazy batches to be due. */
    A_WHILE,
    LONG
  }

  private final RocksTelemetryStore shared;
  private final SessionStoreLimits limits;
  private final Clock clock;
  private final ContentSeal seal;
  private final ScopeNumbers scopes = new ScopeNumbers();
  private final SessionNumbers numbers = new SessionNumbers();
  private final SessionReader reader;
  private final SessionWriter writer;
  private final Thread thread;

  private final ConcurrentLinkedQueue<Submission> queue = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Runnable> resumptions = new ConcurrentLinkedQueue<>();
  private final AtomicLong waitingOperations = new AtomicLong();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicInteger urgent = new AtomicInteger();

  private final Timer commitTime;
  private final DistributionSummary groupOperations;
  private final Counter refused;
  private final Counter callbackFailures;

  private volatile Waiting waiting = Waiting.NOT;
  private volatile boolean accepting = true;
  private volatile boolean loaded;
  private volatile boolean stopping;
  private volatile boolean ended;
  private volatile StorageHealth health;

  // Written before the volatile "stopping", read after it.
  private long stopDeadlineNanos;

  private static final class Submission {
    private final Batch batch;
    private final @Nullable Runnable committed;
    private final @Nullable Consumer<SessionStoreException> failed;
    private final long submittedNanos;
    private @Nullable SessionStoreException failure;

    Submission(
        Batch batch,
        @Nullable Runnable committed,
        @Nullable Consumer<SessionStoreException> failed,
        long submittedNanos) {
      this.batch = batch;
      this.committed = committed;
      this.failed = failed;
      this.submittedNanos = submittedNanos;
    }

    boolean lazy() {
      return committed == null;
    }
  }

  /**
   * Reads what is needed to find sessions; {@link #load} does the rest and starts the thread.
   *
   * @param shared the store of the log, to be closed after this one
   * @param threads makes the one platform thread
   * @param meters takes {@code sallyport.sessions.*}
   * @throws SessionStoreException {@code FAILED} or {@code CORRUPT}
   */
  public RocksSessionStore(
      RocksTelemetryStore shared,
      SessionStoreLimits limits,
      ContentSeal seal,
      Clock clock,
      ThreadFactory threads,
      MeterRegistry meters) {
    this.shared = shared;
    this.limits = limits;
    this.clock = clock;
    this.seal = seal;
    MessageForm messages = new MessageForm(seal);
    SessionForm sessions = new SessionForm(messages);
    SharedBodies bodies = new SharedBodies();
    this.reader = new SessionReader(messages, sessions, scopes, bodies);
    this.writer =
        new SessionWriter(
            messages, sessions, scopes, numbers, bodies, clock, limits.inlineBytesMax());
    this.thread = threads.newThread(this::run);
    thread.setName("session-writer");
    this.health = new StorageHealth(Optional.empty(), clock.instant());
    this.commitTime =
        Timer.builder("sallyport.sessions.commit")
            .description("Time of one commit")
            .publishPercentileHistogram()
            .register(meters);
    this.groupOperations =
        DistributionSummary.builder("sallyport.sessions.commit.operations")
            .description("Operations per commit")
            .register(meters);
    this.refused =
        Counter.builder("sallyport.sessions.refused")
            .description("Batches not taken because too much waited")
            .register(meters);
    this.callbackFailures =
        Counter.builder("sallyport.sessions.callback.failures")
            .description("Callbacks of commits that threw")
            .register(meters);
    meters.gauge("sallyport.sessions.queue.operations", waitingOperations);
    meters.gauge("sallyport.sessions.queue.bytes", waitingBytes);
    read(database -> {
      scopes.load(database);
      numbers.load(database);
      return scopes;
    });
  }

  /** Whether the store takes batches, and since when. */
  public StorageHealth health() {
    return health;
  }

  @Override
  public long newSessionNumber() {
    return numbers.next();
  }

  @Override
  public void load(Loading loading) {
    if (loaded) {
      throw new IllegalStateException("the sessions were loaded before");
    }
    Batch.Builder gone = Batch.builder();
    for (Scope scope : scopes.all()) {
      if (!seal.readable(scope)) {
        gone.deleteScope(scope);
      }
    }
    try {
      shared.write(
          database -> {
            writer.add(database, gone.build());
            writer.finish(database);
            if (!writer.isEmpty()) {
              writer.write(database, database.options().synced);
            }
            return writer;
          },
          false);
    } catch (ProblemException failing) {
      throw map(failing);
    } finally {
      writer.clear(true);
    }
    read(database -> {
      reader.load(database, loading);
      return reader;
    });
    loaded = true;
    thread.start();
  }

  @Override
  public void clearSessions() {
    if (loaded) {
      throw new IllegalStateException("sessions are cleared before they are loaded");
    }
    try {
      shared.write(
          database -> {
            try (WriteBatch batch = new WriteBatch()) {
              for (byte kind :
                  new byte[] {SessionKeys.SESSION, SessionKeys.SUBSCRIPTION, SessionKeys.CURSOR}) {
                batch.deleteRange(
                    database.sessions(), SessionKeys.start(kind), SessionKeys.end(kind));
              }
              for (byte kind :
                  new byte[] {SessionKeys.MESSAGE, SessionKeys.SENT, SessionKeys.BODY}) {
                batch.deleteRange(
                    database.queues(), SessionKeys.start(kind), SessionKeys.end(kind));
              }
              // Scopes have positive numbers, so no key begins with 0xff.
              batch.deleteRange(database.received(), new byte[0], new byte[] {(byte) 0xff});
              database.db().write(database.options().synced, batch);
            }
            return database;
          },
          false);
    } catch (ProblemException failing) {
      throw map(failing);
    }
  }

  @Override
  public void submit(Batch batch, Runnable committed, Consumer<SessionStoreException> failed) {
    requireLoaded();
    if (stopping) {
      failed.accept(stopped());
      return;
    }
    long operations = waitingOperations.addAndGet(weight(batch));
    long bytes = waitingBytes.addAndGet(batch.bytes());
    if (operations > limits.operationsMax() || bytes > limits.bytesMax()) {
      release(batch);
      refused.increment();
      accepting = false;
      wake(true);
      failed.accept(
          new SessionStoreException(
              Reason.BUSY, "more waits to be stored than is allowed; hold publishers back"));
      return;
    }
    urgent.incrementAndGet();
    queue.add(new Submission(batch, committed, failed, 0));
    holdBackIfFull(operations, bytes);
    wake(true);
    if (ended) {
      failRest();
    }
  }

  @Override
  public void submitLazily(Batch batch) {
    requireLoaded();
    if (stopping) {
      return;
    }
    long operations = waitingOperations.addAndGet(weight(batch));
    long bytes = waitingBytes.addAndGet(batch.bytes());
    queue.add(new Submission(batch, null, null, System.nanoTime()));
    holdBackIfFull(operations, bytes);
    wake(!accepting);
    if (ended) {
      failRest();
    }
  }

  @Override
  public boolean accepting() {
    return accepting && !stopping;
  }

  @Override
  public void whenAccepting(Runnable resumed) {
    if (accepting) {
      resumed.run();
      return;
    }
    resumptions.add(resumed);
    // The writer may have become ready between the two lines above.
    if (accepting && resumptions.remove(resumed)) {
      resumed.run();
    }
    wake(true);
  }

  @Override
  public List<QueuedMessage> rows(
      SessionRef session, long fromSequence, int messagesMax, long bytesMax) {
    return read(database -> reader.rows(database, session, fromSequence, messagesMax, bytesMax));
  }

  @Override
  public List<Integer> receivedIds(SessionRef session) {
    return read(database -> reader.receivedIds(database, session));
  }

  @Override
  public Map<Integer, Long> receivedSteps(SessionRef session) {
    return read(database -> reader.receivedSteps(database, session));
  }

  @Override
  public ReceivedMark receivedMark(SessionRef session, int packetId) {
    return new ReceivedMark(receivedKey(session, packetId), SessionWriter.receivedValue());
  }

  @Override
  public ReceivedMark stepMark(SessionRef session, int packetId, long step) {
    return new ReceivedMark(receivedKey(session, packetId), SessionWriter.stepValue(step));
  }

  private byte[] receivedKey(SessionRef session, int packetId) {
    int scope = scopes.find(session.scope());
    if (scope == 0) {
      throw new IllegalStateException("the session is not stored");
    }
    return SessionKeys.received(scope, session.number(), packetId);
  }

  @Override
  public void loadRetained(Scope scope, Consumer<StoredMessage> retained) {
    read(database -> {
      reader.retained(database, scope, retained);
      return scope;
    });
  }

  @Override
  public OptionalLong cursor(Scope scope) {
    return read(database -> reader.cursor(database, scope));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where nothing can be written until {@link SessionStoreLimits#stopMax}, what waits is failed.
   */
  @Override
  public void close() {
    if (stopping) {
      return;
    }
    stopDeadlineNanos = System.nanoTime() + limits.stopMax().toNanos();
    stopping = true;
    if (!loaded) {
      return;
    }
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private <T> T read(RocksTelemetryStore.Use<T> use) {
    try {
      return shared.read(use);
    } catch (ProblemException failing) {
      throw map(failing);
    }
  }

  private static SessionStoreException map(ProblemException failing) {
    Reason reason =
        switch (failing.problem().code()) {
          case STORAGE_FULL -> Reason.FULL;
          case CORRUPT -> Reason.CORRUPT;
          default -> Reason.FAILED;
        };
    return new SessionStoreException(reason, failing.problem().text(), failing);
  }

  private void requireLoaded() {
    if (!loaded) {
      throw new IllegalStateException("the sessions must be loaded first");
    }
  }

  private void run() {
    List<Submission> group = new ArrayList<>();
    try {
      while (true) {
        if (due() && collect(group)) {
          commit(group);
          group.clear();
          resumeIfReady();
        } else if (stopping && queue.isEmpty()) {
          break;
        } else {
          resumeIfReady();
          park();
        }
      }
    } catch (RuntimeException | Error bug) {
      LOG.error("The session writer ended by a fault of its own; restart the server", bug);
      unhealthy(new Problem(Problem.Code.STORAGE_FAILED, "the session writer ended by a fault"));
      throw bug;
    } finally {
      stopping = true;
      ended = true;
      accepting = false;
      group.forEach(submission -> tell(submission, stopped()));
      failRest();
    }
  }

  /** Whether a group should be written now; where only lazy batches wait, they wait a while. */
  private boolean due() {
    if (urgent.get() > 0 || stopping || !accepting) {
      return true;
    }
    return untilLazyDue() <= 0;
  }

  private long untilLazyDue() {
    Submission first = queue.peek();
    if (first == null) {
      return Long.MAX_VALUE;
    }
    return first.lazy() ? first.submittedNanos + limits.lazyMax().toNanos() - System.nanoTime() : 0;
  }

  private boolean collect(List<Submission> group) {
    int operations = 0;
    Submission next = queue.poll();
    while (next != null) {
      if (!next.lazy()) {
        urgent.decrementAndGet();
      }
      group.add(next);
      encode(next);
      operations += weight(next.batch);
      if (operations >= limits.groupOperationsMax() || writer.bytes() >= limits.groupBytesMax()) {
        break;
      }
      next = queue.poll();
    }
    return !group.isEmpty();
  }

  /** Adds the batch's rows to the group, or notes why that can't be. */
  private void encode(Submission submission) {
    long wait = RETRY_FIRST_NANOS;
    while (true) {
      try {
        shared.read(database -> {
          writer.add(database, submission.batch);
          return writer;
        });
        return;
      } catch (SessionStoreException refusal) {
        submission.failure = refusal;
        return;
      } catch (ProblemException failing) {
        // A row to be read first, or a new key to be stored: as good as a failed write.
        unhealthy(failing.problem());
      } catch (RuntimeException bug) {
        LOG.error("A batch can't be stored: {}", submission.batch, bug);
        submission.failure =
            new SessionStoreException(Reason.UNSTORABLE, "the batch can't be stored", bug);
        return;
      }
      if (!pause(wait)) {
        submission.failure = stopped();
        return;
      }
      wait = Math.min(2 * wait, RETRY_MAX_NANOS);
    }
  }

  private void commit(List<Submission> group) {
    boolean written = writeUntilStored(group);
    for (Submission submission : group) {
      release(submission.batch);
      SessionStoreException failure = submission.failure;
      if (failure == null && !written) {
        failure = stopped();
      }
      tell(submission, failure);
    }
  }

  /** False if the database failed until the deadline of a stop. */
  private boolean writeUntilStored(List<Submission> group) {
    boolean synced = group.stream().anyMatch(submission -> !submission.lazy());
    long wait = RETRY_FIRST_NANOS;
    while (true) {
      long start = System.nanoTime();
      try {
        if (!writer.isEmpty()) {
          write(synced);
          commitTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
          groupOperations.record(
              group.stream().mapToInt(each -> each.batch.operations().size()).sum());
        }
        writer.clear(true);
        healthy();
        return true;
      } catch (ProblemException failing) {
        unhealthy(failing.problem());
      }
      if (!pause(wait)) {
        writer.clear(false);
        return false;
      }
      wait = Math.min(2 * wait, RETRY_MAX_NANOS);
    }
  }

  private void write(boolean synced) {
    shared.read(database -> {
      writer.finish(database);
      return database;
    });
    shared.write(
        database -> {
          writer.write(database, synced ? database.options().synced : database.options().unsynced);
          return database;
        },
        !writer.makesRoomOnly());
  }

  private void tell(Submission submission, @Nullable SessionStoreException failure) {
    try {
      if (submission.committed == null || submission.failed == null) {
        if (failure != null && failure.reason() == Reason.UNSTORABLE) {
          LOG.error("A lazy batch was dropped", failure);
        }
      } else if (failure == null) {
        submission.committed.run();
      } else {
        submission.failed.accept(failure);
      }
    } catch (RuntimeException bug) {
      if (callbackFailures.count() == 0) {
        LOG.error("A commit's callback failed; later failures are only counted", bug);
      }
      callbackFailures.increment();
    }
  }

  private synchronized void failRest() {
    // After the writer's end whoever submits is the consumer, one at a time.
    Submission next = queue.poll();
    while (next != null) {
      release(next.batch);
      tell(next, stopped());
      next = queue.poll();
    }
  }

  private static SessionStoreException stopped() {
    return new SessionStoreException(Reason.STOPPING, "the store is closed");
  }

  private void holdBackIfFull(long operations, long bytes) {
    if (accepting
        && (operations > limits.operationsMax() / 4L * 3 || bytes > limits.bytesMax() / 4 * 3)) {
      accepting = false;
    }
  }

  private void resumeIfReady() {
    if (accepting
        || stopping
        || !health.healthy()
        || waitingOperations.get() > limits.operationsMax() / 2
        || waitingBytes.get() > limits.bytesMax() / 2) {
      return;
    }
    accepting = true;
    Runnable resumed = resumptions.poll();
    while (resumed != null) {
      try {
        resumed.run();
      } catch (RuntimeException bug) {
        LOG.error("A resumption failed", bug);
        callbackFailures.increment();
      }
      resumed = resumptions.poll();
    }
  }

  private static int weight(Batch batch) {
    return Math.max(1, batch.operations().size());
  }

  private void release(Batch batch) {
    waitingOperations.addAndGet(-weight(batch));
    waitingBytes.addAndGet(-batch.bytes());
  }

  private void park() {
    long lazyNanos = untilLazyDue();
    waiting = lazyNanos == Long.MAX_VALUE ? Waiting.LONG : Waiting.A_WHILE;
    if (urgent.get() == 0 && !stopping) {
      if (waiting == Waiting.A_WHILE) {
        LockSupport.parkNanos(this, lazyNanos);
      } else if (queue.isEmpty()) {
        LockSupport.park(this);
      }
    }
    waiting = Waiting.NOT;
  }

  /** Wakes the writer; a lazy batch only if it does not wait for one already. */
  private void wake(boolean now) {
    Waiting before = waiting;
    if (before == Waiting.LONG || (now && before == Waiting.A_WHILE)) {
      waiting = Waiting.NOT;
      LockSupport.unpark(thread);
    }
  }

  /** Waits; false if a stop's deadline has passed. */
  private boolean pause(long nanos) {
    accepting = false;
    long end = System.nanoTime() + nanos;
    long left = nanos;
    while (left > 0) {
      if (stopping && System.nanoTime() - stopDeadlineNanos >= 0) {
        return false;
      }
      LockSupport.parkNanos(this, Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
      left = end - System.nanoTime();
    }
    return true;
  }

  private void healthy() {
    if (!health.healthy()) {
      LOG.info("Sessions are being stored again");
      health = new StorageHealth(Optional.empty(), clock.instant());
    }
  }

  private void unhealthy(Problem problem) {
    Optional<Problem.Code> before = health.problem().map(Problem::code);
    if (!before.equals(Optional.of(problem.code()))) {
      LOG.error("Sessions can't be stored, clients are held back: {}", problem.text());
      health = new StorageHealth(Optional.of(problem), clock.instant());
    }
  }
}
