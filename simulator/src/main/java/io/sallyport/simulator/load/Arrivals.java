package io.sallyport.simulator.load;

/**
 * What one subscriber saw of one publisher: messages arrive in order, so a jump ahead is loss and a
 * step back is doubling. Belongs to the event loop.
 */
final class Arrivals {
  private long expected;
  private long lost;
  private long doubled;

  /** Enters the next arrival; returns whether it is seen for the first time. */
  boolean enter(long sequence) {
    if (sequence < expected) {
      doubled++;
      return false;
    }
    lost += sequence - expected;
    expected = sequence + 1;
    return true;
  }

  /** The sequence number after the last that arrived. */
  long expected() {
    return expected;
  }

  /** Messages missing among {@code sent} of them. */
  long lostOf(long sent) {
    return lost + Math.max(0, sent - expected);
  }

  long doubled() {
    return doubled;
  }
}
