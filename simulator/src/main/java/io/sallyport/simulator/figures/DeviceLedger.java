package io.sallyport.simulator.figures;

import java.util.Arrays;

/**
 * What one device sent, by sequence number, and what became of it. Guarded by its own monitor.
 *
 * <p>Keeps the newest {@code recordsMax} messages: an older one leaves the book, and if it was
 * acknowledged and never received, it is counted as missing for good.
 */
public final class DeviceLedger {
  /** What became of a message that somebody saw again. */
  public enum Sighting {
    FIRST,
    DOUBLED,
    /** The bytes differ from those sent under this number. */
    DIFFERENT,
    /** Sent so long ago that the book doesn't hold it any more. */
    FORGOTTEN,
    /** The number was never sent. */
    UNKNOWN
  }

  private static final byte ACKNOWLEDGED = 1;
  private static final byte RECEIVED = 2;
  private static final byte STORED = 4;

  private final int recordsMax;
  private long first;
  private long next;
  private long missingAndGone;
  private long[] digests = new long[64];
  private long[] sentNanos = new long[64];
  private byte[] states = new byte[64];

  DeviceLedger(int recordsMax) {
    if (Integer.bitCount(recordsMax) != 1 || recordsMax < 64) {
      throw new IllegalArgumentException("recordsMax must be a power of two from 64 on");
    }
    this.recordsMax = recordsMax;
  }

  /** The sequence number of the next message; the device alone calls this, then {@link #sent}. */
  public synchronized long nextSequence() {
    return next;
  }

  /** Enters a message before its bytes leave, so that no receiver can be faster than the book. */
  public synchronized void sent(long sequence, long digest, long nanoTime) {
    if (sequence != next) {
      throw new IllegalStateException("sequence " + sequence + " entered, " + next + " expected");
    }
    if (next - first == states.length) {
      if (states.length < recordsMax) {
        grow();
      } else {
        forgetOldest();
      }
    }
    int slot = slot(sequence);
    digests[slot] = digest;
    sentNanos[slot] = nanoTime;
    states[slot] = 0;
    next++;
  }

  /** Enters the server's acknowledgement; returns the time of sending, or -1 when unknown. */
  public synchronized long acknowledged(long sequence) {
    if (!kept(sequence)) {
      return -1;
    }
    int slot = slot(sequence);
    states[slot] |= ACKNOWLEDGED;
    return sentNanos[slot];
  }

  /** Enters what an application received by MQTT. */
  public synchronized Sighting received(long sequence, long digest) {
    return seen(sequence, digest, RECEIVED);
  }

  /** Enters what was read back from the store. */
  public synchronized Sighting stored(long sequence, long digest) {
    return seen(sequence, digest, STORED);
  }

  /** Whether this message was sent with these bytes; enters nothing. */
  public synchronized boolean matches(long sequence, long digest) {
    return sequence >= 0
        && (sequence < first || (kept(sequence) && digests[slot(sequence)] == digest));
  }

  /** The time of sending by {@link System#nanoTime()}, or -1 when the message is unknown. */
  public synchronized long sentNanos(long sequence) {
    return kept(sequence) ? sentNanos[slot(sequence)] : -1;
  }

  /** Acknowledged messages that no application received. */
  public synchronized long acknowledgedNotReceived() {
    return missingAndGone + count(RECEIVED);
  }

  /** Acknowledged messages still in the book that were not read back. */
  public synchronized long acknowledgedNotStored() {
    return count(STORED);
  }

  private Sighting seen(long sequence, long digest, byte bit) {
    if (!kept(sequence)) {
      return sequence >= 0 && sequence < first ? Sighting.FORGOTTEN : Sighting.UNKNOWN;
    }
    int slot = slot(sequence);
    if (digests[slot] != digest) {
      return Sighting.DIFFERENT;
    }
    boolean before = (states[slot] & bit) != 0;
    states[slot] |= bit;
    return before ? Sighting.DOUBLED : Sighting.FIRST;
  }

  private long count(byte missingBit) {
    long missing = 0;
    for (long sequence = first; sequence < next; sequence++) {
      byte state = states[slot(sequence)];
      if ((state & ACKNOWLEDGED) != 0 && (state & missingBit) == 0) {
        missing++;
      }
    }
    return missing;
  }

  private boolean kept(long sequence) {
    return sequence >= first && sequence < next;
  }

  private int slot(long sequence) {
    return (int) (sequence & (states.length - 1));
  }

  /** Until the book is full nothing has been forgotten, so entries keep their place. */
  private void grow() {
    int size = states.length * 2;
    digests = Arrays.copyOf(digests, size);
    sentNanos = Arrays.copyOf(sentNanos, size);
    states = Arrays.copyOf(states, size);
  }

  private void forgetOldest() {
    byte state = states[slot(first)];
    if ((state & ACKNOWLEDGED) != 0 && (state & RECEIVED) == 0) {
      missingAndGone++;
    }
    first++;
  }
}
