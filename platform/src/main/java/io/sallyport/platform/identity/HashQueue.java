package io.sallyport.platform.identity;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
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
 * memory. Takes turns between tenants, then between address blocks (THREATS T44). When the queue is
 * full, the newest of the longest lane gives way to a newcomer from a shorter one; else the
 * newcomer is refused. Thread-safe.
 */
public final class HashQueue implements AutoCloseable {
  private final int waitingMax;
  private final List<Thread> threads = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock; insertion order is the order of turns.
  private final LinkedHashMap<String, LinkedHashMap<String, Deque<Waiting<?>>>> lanes =
      new LinkedHashMap<>();
  private int waiting;
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

  public HashQueue(int threadCount, int waitingMax, ThreadFactory factory) {
    this.waitingMax = waitingMax;
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
      if (closing || (waiting >= waitingMax && !makeRoomFor(lane))) {
        entry.refuse();
        return;
      }
      lanes
          .computeIfAbsent(lane.tenant(), tenant -> new LinkedHashMap<>())
          .computeIfAbsent(lane.address(), address -> new ArrayDeque<>())
          .addLast(entry);
      waiting++;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Refuses the newest entry of the lane that takes most, unless the newcomer's takes as much:
   * first tenants are compared, then the addresses of the chosen tenant.
   */
  private boolean makeRoomFor(HashLane newcomer) {
    String tenant = newcomer.tenant();
    int own = tenantSize(tenant);
    for (String other : lanes.keySet()) {
      if (tenantSize(other) > Math.max(own + 1, tenantSize(tenant))) {
        tenant = other;
      }
    }
    LinkedHashMap<String, Deque<Waiting<?>>> addresses = lanes.get(tenant);
    if (addresses == null) {
      return false;
    }
    boolean sameTenant = tenant.equals(newcomer.tenant());
    Deque<Waiting<?>> mine = sameTenant ? addresses.get(newcomer.address()) : null;
    int longest = sameTenant ? (mine == null ? 0 : mine.size()) + 1 : 0;
    String victim = null;
    for (Map.Entry<String, Deque<Waiting<?>>> address : addresses.entrySet()) {
      if (address.getValue().size() > longest) {
        longest = address.getValue().size();
        victim = address.getKey();
      }
    }
    if (victim == null) {
      return false;
    }
    Deque<Waiting<?>> lane = addresses.get(victim);
    if (lane == null) {
      return false;
    }
    lane.removeLast().refuse();
    waiting--;
    if (lane.isEmpty()) {
      addresses.remove(victim);
    }
    if (addresses.isEmpty()) {
      lanes.remove(tenant);
    }
    return true;
  }

  private int tenantSize(String tenant) {
    Map<String, Deque<Waiting<?>>> addresses = lanes.get(tenant);
    return addresses == null ? 0 : addresses.values().stream().mapToInt(Deque::size).sum();
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
      while (waiting == 0) {
        if (closing) {
          return null;
        }
        changed.awaitUninterruptibly();
      }
      waiting--;
      taken++;
      return takeTurn();
    } finally {
      lock.unlock();
    }
  }

  /** The first tenant's first lane; both go to the end of the turn. */
  private Waiting<?> takeTurn() {
    Iterator<Map.Entry<String, LinkedHashMap<String, Deque<Waiting<?>>>>> tenants =
        lanes.entrySet().iterator();
    Map.Entry<String, LinkedHashMap<String, Deque<Waiting<?>>>> tenant = tenants.next();
    tenants.remove();
    LinkedHashMap<String, Deque<Waiting<?>>> addresses = tenant.getValue();
    Iterator<Map.Entry<String, Deque<Waiting<?>>>> lanesOfTenant = addresses.entrySet().iterator();
    Map.Entry<String, Deque<Waiting<?>>> lane = lanesOfTenant.next();
    lanesOfTenant.remove();
    Waiting<?> next = lane.getValue().removeFirst();
    if (!lane.getValue().isEmpty()) {
      addresses.put(lane.getKey(), lane.getValue());
    }
    if (!addresses.isEmpty()) {
      lanes.put(tenant.getKey(), addresses);
    }
    return next;
  }

  /** How many wait now. */
  public int waitingCount() {
    lock.lock();
    try {
      return waiting;
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
