package io.sallyport.mqtt.engine;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One entry of a {@link DeadlineWheel}: at most one moment at a time, cheap to move. */
final class Deadline {
  static final int UNSCHEDULED = -1;

  /** Taken out of its slot, about to pass. */
  static final int DUE = -2;

  private final LongConsumer action;
  @Nullable Deadline previous;
  @Nullable Deadline next;
  long atNanos;
  int slot = UNSCHEDULED;

  /**
   * @param action given the time in nanoseconds; may schedule this deadline again
   */
  Deadline(LongConsumer action) {
    this.action = action;
  }

  void pass(long nowNanos) {
    action.accept(nowNanos);
  }
}
