package io.sallyport.web.hop;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a record waits between the front's opening of an inner connection and the container's
 * reading of its first 16 bytes. Each record can be taken once, and only for two seconds. Safe for
 * use by many threads; nothing blocks.
 */
public final class PeerTable {
  /** Length of a token: 128 bits. */
  public static final int TOKEN_BYTES = 16;

  /** How long a record waits by default. */
  public static final Duration WAIT_MAX_DEFAULT = Duration.ofSeconds(2);

  /** How many records wait by default; two seconds' worth of a heavy rush. */
  public static final int WAITING_MAX_DEFAULT = 20_000;

  private final SecureRandom random;
  private final LongSupplier nanoClock;
  private final long waitNanosMax;
  private final int waitingMax;
  private final ConcurrentMap<Token, Waiting> waiting = new ConcurrentHashMap<>();

  /** In order of registration, so that what expired stands first. */
  private final ConcurrentLinkedQueue<Deadline> deadlines = new ConcurrentLinkedQueue<>();

  /**
   * @param nanoClock a monotonic clock, as {@link System#nanoTime}
   */
  public PeerTable(SecureRandom random, LongSupplier nanoClock, Duration waitMax, int waitingMax) {
    this.random = random;
    this.nanoClock = nanoClock;
    this.waitNanosMax = waitMax.toNanos();
    this.waitingMax = waitingMax;
  }

  /** A table with the default limits. */
  public static PeerTable create(SecureRandom random) {
    return new PeerTable(random, System::nanoTime, WAIT_MAX_DEFAULT, WAITING_MAX_DEFAULT);
  }

  /**
   * Lets a record wait.
   *
   * @return the token to send first, or empty when too many records wait
   */
  public Optional<byte[]> register(PeerRecord peer) {
    long now = nanoClock.getAsLong();
    dropExpired(now);
    if (waiting.size() >= waitingMax) {
      return Optional.empty();
    }
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    Token token = Token.of(bytes);
    long deadline = now + waitNanosMax;
    if (waiting.putIfAbsent(token, new Waiting(peer, deadline)) != null) {
      throw new IllegalStateException("the random generator repeats itself");
    }
    deadlines.add(new Deadline(token, deadline));
    return Optional.of(bytes);
  }

  /** Gives a record out, once. Empty when the token is unknown, used, taken back or too old. */
  public Optional<PeerRecord> take(byte[] token) {
    long now = nanoClock.getAsLong();
    dropExpired(now);
    if (token.length != TOKEN_BYTES) {
      return Optional.empty();
    }
    // A look-up by hash, not a comparison in constant time: a random token that works once, for two
    // seconds, cannot be found by timing.
    Waiting found = waiting.remove(Token.of(token));
    return found == null || now - found.deadline() >= 0
        ? Optional.empty()
        : Optional.of(found.peer());
  }

  /** Takes a record back; without effect when it is gone already. */
  public void abandon(byte[] token) {
    if (token.length == TOKEN_BYTES) {
      waiting.remove(Token.of(token));
    }
  }

  /** How many records wait now. */
  public int waiting() {
    dropExpired(nanoClock.getAsLong());
    return waiting.size();
  }

  private void dropExpired(long now) {
    for (@Nullable Deadline first = deadlines.peek();
        first != null && now - first.nanos() >= 0;
        first = deadlines.peek()) {
      if (deadlines.remove(first)) {
        waiting.remove(first.token());
      }
    }
  }

  private record Token(long high, long low) {
    static Token of(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      return new Token(buffer.getLong(), buffer.getLong());
    }

    @Override
    public String toString() {
      return "Token[hidden]";
    }
  }

  private record Waiting(PeerRecord peer, long deadline) {}

  private record Deadline(Token token, long nanos) {}
}
