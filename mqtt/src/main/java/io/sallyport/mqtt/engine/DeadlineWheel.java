package io.sallyport.mqtt.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hashed wheel: deadlines of one event loop, at a resolution of {@link #TICK_NANOS}. A deadline
 * passes never early and at most two ticks late. Used on its loop only.
 */
final class DeadlineWheel {
  static final long TICK_NANOS = 125_000_000;
  private static final int SLOTS = 1_024;

  private final @Nullable Deadline[] slots = new @Nullable Deadline[SLOTS];
  private final List<Deadline> due = new ArrayList<>();
  private final long originNanos;
  private long ticks;

  DeadlineWheel(long nowNanos) {
    originNanos = nowNanos;
  }

  /** Sets or moves the deadline. */
  void schedule(Deadline deadline, long atNanos) {
    cancel(deadline);
    // The tick after the moment, so that it never passes early; what is past passes at the next.
    long tick = Math.max((atNanos - originNanos) / TICK_NANOS + 1, ticks + 1);
    int slot = (int) (tick % SLOTS);
    Deadline first = slots[slot];
    deadline.next = first;
    if (first != null) {
      first.previous = deadline;
    }
    deadline.atNanos = atNanos;
    deadline.slot = slot;
    slots[slot] = deadline;
  }

  /** Sets the deadline, or moves it when it would pass later. */
  void scheduleNoLater(Deadline deadline, long atNanos) {
    if (deadline.slot == Deadline.UNSCHEDULED || deadline.atNanos - atNanos > 0) {
      schedule(deadline, atNanos);
    }
  }

  void cancel(Deadline deadline) {
    if (deadline.slot >= 0) {
      Deadline previous = deadline.previous;
      Deadline next = deadline.next;
      if (previous != null) {
        previous.next = next;
      } else {
        slots[deadline.slot] = next;
      }
      if (next != null) {
        next.previous = previous;
      }
      deadline.previous = null;
      deadline.next = null;
    }
    deadline.slot = Deadline.UNSCHEDULED;
  }

  /** Passes all deadlines up to now. */
  void advance(long nowNanos) {
    long target = (nowNanos - originNanos) / TICK_NANOS;
    // After a long sleep every slot is visited once, not once per missed tick.
    long from = Math.max(ticks + 1, target - SLOTS + 1);
    ticks = Math.max(ticks, target);
    for (long tick = from; tick <= target; tick++) {
      takeDue((int) (tick % SLOTS), nowNanos);
    }
    for (int i = 0; i < due.size(); i++) {
      Deadline deadline = due.get(i);
      if (deadline.slot == Deadline.DUE) { // Not cancelled or moved by one that passed before it.
        deadline.slot = Deadline.UNSCHEDULED;
        deadline.pass(nowNanos);
      }
    }
    due.clear();
  }

  private void takeDue(int slot, long nowNanos) {
    Deadline entry = slots[slot];
    while (entry != null) {
      Deadline following = entry.next;
      if (entry.atNanos - nowNanos <= 0) {
        cancel(entry);
        entry.slot = Deadline.DUE;
        due.add(entry);
      }
      entry = following;
    }
  }
}
