package io.sallyport.platform.identity;

import io.sallyport.platform.identity.HashLane.Share;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs slow hashes on a few platform threads, so that they use neither all cores nor unbounded
 * memory. People have half of the turns, and familiar clients, newcomers and all others each a
 * third of the rest, as long as some wait; each has places of its own, which no flood of others
 * takes (THREATS T44). Among each, {@link HashTurns} is fair between tenants and address blocks.
 * Thread-safe.
 */
public final class HashQueue implements AutoCloseable {
  private final List<Thread> threads = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private final HashTurns<Waiting<?>> people;
  private final Map<Share, HashTurns<Waiting<?>>> machines = new EnumMap<>(Share.class);
  private final Deque<Share> machineTurns =
      new ArrayDeque<>(List.of(Share.FAMILIAR, Share.NEWCOMERS, Share.OTHERS));
  private boolean personWasLast;
  private long taken;
  private boolean closing;

  /** A piece of work; the future's empty value means that it was refused. */
  private record Waiting<T>(Supplier<T> work, CompletableFuture<Optional<T>> result) {
    void run() {
      try {
        result.complete(Optional.of(work.get()));
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    }

    void refuse() {
      result.complete(Optional.empty());
    }
  }

  /**
   * @param waitingMax how many may wait for each share of machines; a quarter as many for people
   */
  public HashQueue(int threadCount, int waitingMax, ThreadFactory factory) {
    machineTurns.forEach(
        share -> machines.put(share, new HashTurns<>(waitingMax, Waiting::refuse)));
    this.people = new HashTurns<>(Math.max(1, waitingMax / 4), Waiting::refuse);
    for (int i = 0; i < threadCount; i++) {
      Thread thread = factory.newThread(this::work);
      threads.add(thread);
      thread.start();
    }
  }

  /** Runs {@code work} and waits for its result; empty when the queue refused it. Blocks. */
  public <T> Optional<T> run(HashLane lane, Supplier<T> work) {
    Waiting<T> entry = new Waiting<>(work, new CompletableFuture<>());
    enqueue(lane, entry);
    try {
      return entry.result().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException fault) {
        throw fault;
      }
      throw e;
    }
  }

  private void enqueue(HashLane lane, Waiting<?> entry) {
    lock.lock();
    try {
      if (closing) {
        entry.refuse();
        return;
      }
      turnsOf(lane.share()).add(lane, entry);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    while (true) {
      Waiting<?> next = take();
      if (next == null) {
        return;
      }
      next.run();
    }
  }

  private @Nullable Waiting<?> take() {
    lock.lock();
    try {
      while (waiting() == 0) {
        if (closing) {
          return null;
        }
        changed.awaitUninterruptibly();
      }
      taken++;
      return takeTurn();
    } finally {
      lock.unlock();
    }
  }

  /** People and machines by turns, as long as both wait. */
  private Waiting<?> takeTurn() {
    boolean fromPeople = people.size() > 0 && (waiting() == people.size() || !personWasLast);
    personWasLast = fromPeople;
    if (fromPeople) {
      return people.take();
    }
    Share next = machineTurns.removeFirst();
    while (turnsOf(next).size() == 0) {
      machineTurns.addLast(next);
      next = machineTurns.removeFirst();
    }
    machineTurns.addLast(next);
    return turnsOf(next).take();
  }

  private HashTurns<Waiting<?>> turnsOf(Share share) {
    return machines.getOrDefault(share, people);
  }

  private int waiting() {
    return people.size() + machines.values().stream().mapToInt(HashTurns::size).sum();
  }

  /** How many wait now. */
  public int waitingCount() {
    lock.lock();
    try {
      return waiting();
    } finally {
      lock.unlock();
    }
  }

  /** How many were taken from the queue to be run, since the start. */
  public long takenCount() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Refuses newcomers, runs what waits, and ends the threads. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      for (Thread thread : threads) {
        thread.join(Duration.ofSeconds(10));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
