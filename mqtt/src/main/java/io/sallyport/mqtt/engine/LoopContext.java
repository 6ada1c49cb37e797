package io.sallyport.mqtt.engine;

import io.netty.channel.EventLoop;
import io.sallyport.mqtt.codec.FieldReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * What the connections of one event loop share: a mailbox through which other threads reach them
 * with one wake-up for many posts, the deadlines, the writers to flush at the end of a turn, and
 * the watch over its own sleep. {@link #post} is thread-safe, all else belongs to the loop.
 */
final class LoopContext {
  /** Then sockets get their turn. */
  private static final int TASKS_PER_TURN = 4_096;

  /** THREATS T31: a loop that finds it slept longer learns first what was revoked meanwhile. */
  private static final long SLEEP_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  /** Of postponed ones; each is small. */
  private static final int POSTPONED_PER_RUN = 8;

  private static final long POSTPONED_MILLIS = 1;

  private final EventLoop loop;
  private final FaultLog faults;
  private final Supplier<? extends CompletionStage<?>> revocationsTold;
  private final FieldReader fields = new FieldReader();
  private final DeadlineWheel deadlines;
  private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final ArrayDeque<PacketWriter> unflushed = new ArrayDeque<>();
  private final Set<Connection> connections = new HashSet<>();
  private final ArrayDeque<Runnable> postponed = new ArrayDeque<>();
  private final Runnable turn = this::turn;
  private final ScheduledFuture<?> ticking;
  private final Set<Connection> held = new HashSet<>();
  private long awakeNanos;
  private int holds;

  /**
   * @param revocationsTold completes when every revocation that may be committed at the moment of
   *     the call has reached its connections
   */
  LoopContext(
      EventLoop loop, FaultLog faults, Supplier<? extends CompletionStage<?>> revocationsTold) {
    this.loop = loop;
    this.faults = faults;
    this.revocationsTold = revocationsTold;
    this.awakeNanos = nowNanos();
    this.deadlines = new DeadlineWheel(awakeNanos);
    this.ticking =
        loop.scheduleWithFixedDelay(
            this::tick, DeadlineWheel.TICK_NANOS, DeadlineWheel.TICK_NANOS, TimeUnit.NANOSECONDS);
  }

  boolean inLoop() {
    return loop.inEventLoop();
  }

  long nowNanos() {
    return loop.ticker().nanoTime();
  }

  FieldReader fields() {
    return fields;
  }

  DeadlineWheel deadlines() {
    return deadlines;
  }

  Set<Connection> connections() {
    return connections;
  }

  /** Runs the task on the loop, after those posted before it by the same thread. */
  void post(Runnable task) {
    mailbox.add(task);
    wake();
  }

  /**
   * Runs the task when sockets have had their turn: what is posted or executed runs before the next
   * read, and so would hold up every client of the loop if it went on and on.
   */
  void postpone(Runnable task) {
    postponed.add(task);
    if (postponed.size() == 1) {
      schedulePostponed();
    }
  }

  /** The writer is flushed at the end of the present or next turn. */
  void flushLater(PacketWriter writer) {
    unflushed.add(writer);
    wake();
  }

  /**
   * Whether packets may be taken and sent. The loop ticks several times a second, so a longer gap
   * means that it, or the whole process, was held up. What has come to its sockets meanwhile then
   * waits until each revocation that was on its way is told: its commit may lie before the sleep.
   */
  boolean awake() {
    long now = nowNanos();
    boolean slept = now - awakeNanos > SLEEP_NANOS_MAX;
    awakeNanos = now;
    if (slept) {
      hold();
    }
    return holds == 0;
  }

  /** When {@link #awake} was asked last. */
  long lookedAtNanos() {
    return awakeNanos;
  }

  private void hold() {
    CompletableFuture<?> told = revocationsTold.get().toCompletableFuture();
    if (told.isDone()) {
      return;
    }
    holds++;
    var _ = told.whenComplete((_, _) -> post(this::release));
  }

  /** The connection takes and sends nothing until {@link Connection#goOn} is called. */
  void holdBack(Connection connection) {
    held.add(connection);
  }

  private void release() {
    holds--;
    if (holds == 0) {
      List<Connection> waiting = new ArrayList<>(held);
      held.clear();
      waiting.forEach(Connection::goOn);
    }
  }

  private void tick() {
    awake();
    deadlines.advance(nowNanos());
  }

  /** No deadline passes any more. */
  void stop() {
    ticking.cancel(false);
  }

  private void schedulePostponed() {
    try {
      var _ = loop.schedule(this::runPostponed, POSTPONED_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) { // As in wake.
      postponed.clear();
    }
  }

  private void runPostponed() {
    int due = Math.min(postponed.size(), POSTPONED_PER_RUN);
    for (int i = 0; i < due; i++) {
      run(postponed.element());
      postponed.remove();
    }
    if (!postponed.isEmpty()) {
      schedulePostponed();
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      faults.report("A task of an event loop failed", e);
    }
  }

  private void wake() {
    if (!woken.get() && woken.compareAndSet(false, true)) {
      try {
        loop.execute(turn);
      } catch (RejectedExecutionException e) {
        // The loop has ended, and with it every connection and session that could be meant.
        mailbox.clear();
      }
    }
  }

  private void turn() {
    woken.set(false);
    awake();
    for (int i = 0; i < TASKS_PER_TURN; i++) {
      Runnable task = mailbox.poll();
      if (task == null) {
        break;
      }
      run(task);
    }
    PacketWriter writer = unflushed.poll();
    while (writer != null) {
      writer.flushPosted();
      writer = unflushed.poll();
    }
    if (!mailbox.isEmpty()) {
      wake();
    }
  }
}
