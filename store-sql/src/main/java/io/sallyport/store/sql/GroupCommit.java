package io.sallyport.store.sql;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer: a platform thread that takes all work that waits, runs each under a savepoint in
 * one transaction, commits once, and then tells the callers. So a commit's fsync is shared by as
 * many callers as came while the one before ran. Work of one caller runs in the order of
 * submission.
 *
 * <p>Futures of {@link #submit} complete on a thread of their own, in order: what hangs on them may
 * block or write again without stopping the writer.
 */
final class GroupCommit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
  private static final int BATCH_MAX = 256;
  private static final long IDLE_MILLIS = 1000;

  private final WriteLane lane;
  private final Faults faults;
  private final CurrentTransaction current;
  private final LinkedBlockingQueue<Work<?>> queue = new LinkedBlockingQueue<>();
  private final Semaphore places;
  private final ExecutorService completions;
  private final Thread thread;
  private final Timer commits;
  private final DistributionSummary batchSizes;
  private volatile boolean closed;
  private volatile Optional<Problem> fault = Optional.empty();

  GroupCommit(
      String name,
      int waitingMax,
      WriteLane lane,
      Faults faults,
      CurrentTransaction current,
      MeterRegistry meters) {
    this.lane = lane;
    this.faults = faults;
    this.current = current;
    this.places = new Semaphore(waitingMax);
    this.commits =
        Timer.builder("sallyport.registry.commit")
            .description("Time of one commit of the registry, shared by all work of its batch")
            .register(meters);
    this.batchSizes =
        DistributionSummary.builder("sallyport.registry.batch")
            .description("Changes that shared one commit of the registry")
            .register(meters);
    Gauge.builder("sallyport.registry.waiting", places, p -> waitingMax - p.availablePermits())
        .description("Changes that wait for their commit, limit " + waitingMax)
        .register(meters);
    this.completions =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name(name + "-completions").daemon().factory());
    this.thread = Thread.ofPlatform().name(name + "-writer").daemon().start(this::run);
  }

  /** Queues the work; the future completes in order of submission, on the completions' thread. */
  <T> CompletableFuture<T> submit(Supplier<T> supplier) {
    try {
      return enqueue(supplier, completions).future();
    } catch (ProblemException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  /** Queues the work and waits for its commit. */
  <T> T write(Supplier<T> supplier) {
    return Work.await(enqueue(supplier, Runnable::run).future());
  }

  /** Why the last commit failed, if it did and none has succeeded since. */
  Optional<Problem> fault() {
    return fault;
  }

  /** Refuses new work, commits what waits, tells the callers, and ends. */
  @Override
  public void close() {
    closed = true;
    queue.add(new Work<>(() -> Boolean.TRUE, Runnable::run)); // wakes the writer
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    refuseLeftOver();
    completions.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private <T> Work<T> enqueue(Supplier<T> supplier, Executor executor) {
    if (closed) {
      throw refusal("the registry is closed");
    }
    if (!places.tryAcquire()) {
      throw refusal("too many changes wait for the registry; try again later");
    }
    Work<T> work = new Work<>(supplier, outcome -> executor.execute(() -> settle(outcome)));
    queue.add(work);
    if (closed && !thread.isAlive()) {
      refuseLeftOver();
    }
    return work;
  }

  private void settle(Runnable outcome) {
    places.release();
    outcome.run();
  }

  private void refuseLeftOver() {
    Work<?> work = queue.poll();
    while (work != null) {
      work.failed(refusal("the registry is closed"));
      work = queue.poll();
    }
  }

  private void run() {
    List<Work<?>> batch = new ArrayList<>();
    try {
      while (!closed || !queue.isEmpty()) {
        Work<?> first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
          idle();
          continue;
        }
        batch.add(first);
        queue.drainTo(batch, BATCH_MAX - 1);
        commitAll(batch);
        batch.clear();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody may interrupt the registry's writer", e);
    }
  }

  private void commitAll(List<Work<?>> batch) {
    int done = 0;
    try {
      while (done < batch.size()) {
        done += commit(batch.subList(done, batch.size()));
      }
    } catch (RuntimeException | Error e) {
      // A bug: told to the callers that wait, and the writer lives on.
      LOG.error("The registry's writer failed", e);
      ProblemException reason =
          new ProblemException(
              new Problem(Problem.Code.STORAGE_FAILED, "the registry's writer failed"), e);
      batch.forEach(work -> work.failed(reason));
    }
  }

  /** Commits as many of the works as one transaction carries; how many were settled. */
  private int commit(List<Work<?>> works) {
    Transaction transaction;
    try {
      transaction = lane.begin();
    } catch (SQLException e) {
      return settleFailed(works, faults.exception(e, Faults.UNKNOWN));
    }
    List<Work<?>> settled = new ArrayList<>();
    current.within(transaction, () -> runIn(transaction, works, settled));
    Optional<Problem> lost = transaction.lost();
    if (lost.isPresent()) {
      lane.abandon(transaction);
      transaction.ended();
      return settleFailed(settled, lost.get().asException());
    }
    long start = System.nanoTime();
    try {
      lane.commit(transaction);
    } catch (SQLException e) {
      lane.abandon(transaction);
      transaction.ended(); // It may have been committed all the same.
      return settleFailed(settled, faults.exception(e, Faults.UNKNOWN));
    }
    transaction.ended();
    commits.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    batchSizes.record(settled.size());
    noteSound();
    settled.forEach(Work::committed);
    return settled.size();
  }

  private static void runIn(Transaction transaction, List<Work<?>> works, List<Work<?>> settled) {
    for (Work<?> work : works) {
      work.run(transaction);
      settled.add(work);
      if (transaction.lost().isPresent()) {
        break;
      }
    }
  }

  private int settleFailed(List<Work<?>> works, ProblemException reason) {
    noteFault(reason);
    works.forEach(work -> work.failed(reason));
    return works.size();
  }

  private void idle() {
    try {
      lane.idle();
      noteSound();
    } catch (SQLException e) {
      noteFault(faults.exception(e, Faults.UNKNOWN));
    }
  }

  /** Notes that a commit failed, here or beside this writer. */
  void noteFault(ProblemException reason) {
    if (fault.isEmpty()) {
      LOG.error("The registry takes no changes: {}", reason.problem().text(), reason);
    }
    fault = Optional.of(reason.problem());
  }

  private void noteSound() {
    if (fault.isPresent()) {
      LOG.info("The registry takes changes again");
      fault = Optional.empty();
    }
  }

  private static ProblemException refusal(String text) {
    return new Problem(Problem.Code.UNAVAILABLE, text).asException();
  }
}
