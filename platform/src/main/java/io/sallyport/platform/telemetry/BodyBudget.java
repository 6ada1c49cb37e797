package io.sallyport.platform.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The memory that the bodies of requests may take at one time (THREATS T44). It is taken as bytes
 * arrive and not as a client declares them; nobody waits for it, and no tenant gets more than its
 * own share, so that one with slow senders can't starve the others. Thread-safe.
 */
public final class BodyBudget {
  /**
   * How much may be held.
   *
   * @param bytesMax by all together
   * @param tenantBytesMax by one tenant; operators together count as one
   */
  public record Limits(long bytesMax, long tenantBytesMax) {
    public static final Limits DEFAULT = of(64L << 20);

    public Limits {
      if (tenantBytesMax < 1 || bytesMax < tenantBytesMax) {
        throw new IllegalArgumentException("body budget: 1 <= tenantBytesMax <= bytesMax");
      }
    }

    /** With a quarter for each tenant. */
    public static Limits of(long bytesMax) {
      return new Limits(bytesMax, Math.max(1, bytesMax / 4));
    }
  }

  /** What came of reading a body. */
  public sealed interface Outcome {
    record Whole(Payload body) implements Outcome {}

    /** More than the caller takes, or more than this principal has a use for. */
    record TooLarge(boolean forWhoeverMayOnlyRead) implements Outcome {}

    /** Too much is being sent at once. */
    record NoRoom() implements Outcome {}
  }

  /** A body is held twice while its buffer grows, and while it is read as JSON. */
  public static final int HELD_PER_BYTE = 2;

  /** What those may send who may change nothing: enough to be told so in the right words. */
  public static final int READER_BYTES_MAX = 4096;

  private static final Set<Permission> READING =
      EnumSet.of(
          Permission.TENANT_READ,
          Permission.DEVICE_READ,
          Permission.EVENT_READ,
          Permission.COMMAND_READ,
          Permission.CONNECTION_READ,
          Permission.API_KEY_READ,
          Permission.AUDIT_READ,
          Permission.METRICS_READ,
          Permission.SPACE_READ);

  private static final int OF_OPERATORS = Integer.MIN_VALUE;
  private static final int FIRST_BYTES = 1024;

  private final Limits limits;
  private final Counter refused;

  /** Bytes by tenant number; without those that hold none. Guarded by this. */
  private final Map<Integer, Long> held = new HashMap<>();

  private long total;

  /**
   * @param meters takes {@code sallyport.body.bytes} and {@code sallyport.body.refused}
   */
  public BodyBudget(Limits limits, MeterRegistry meters) {
    this.limits = limits;
    this.refused =
        Counter.builder("sallyport.body.refused")
            .description("requests refused because too much was being sent at once")
            .register(meters);
    meters.gauge("sallyport.body.bytes", this, BodyBudget::bytes);
  }

  /** The share of one request; holds nothing yet. To be closed when the request is over. */
  public Lease lease(Principal principal) {
    return new Lease(
        principal instanceof Principal.OfTenant of ? of.tenantNumber() : OF_OPERATORS,
        principal instanceof Principal.Application application
            && READING.containsAll(application.permissions()));
  }

  /** What is held now, by all. */
  public synchronized long bytes() {
    return total;
  }

  private synchronized boolean take(int tenantNumber, long bytes) {
    long ofTenant = held.getOrDefault(tenantNumber, 0L) + bytes;
    if (total + bytes > limits.bytesMax() || ofTenant > limits.tenantBytesMax()) {
      refused.increment();
      return false;
    }
    total += bytes;
    held.put(tenantNumber, ofTenant);
    return true;
  }

  private synchronized void giveBack(int tenantNumber, long bytes) {
    total -= bytes;
    held.computeIfPresent(tenantNumber, (key, all) -> all == bytes ? null : all - bytes);
  }

  /** What one request holds. For one thread at a time. */
  public final class Lease implements AutoCloseable {
    private final int tenantNumber;
    private final boolean onlyReads;
    private long bytes;

    private Lease(int tenantNumber, boolean onlyReads) {
      this.tenantNumber = tenantNumber;
      this.onlyReads = onlyReads;
    }

    /**
     * Reads a body to its end, or until it is clear that it is not taken. Blocks as long as its
     * sender makes it wait.
     *
     * @param declaredBytes as the client says, or negative
     * @throws IOException if the sender went away or is too slow
     */
    public Outcome read(InputStream in, long declaredBytes, int bytesMax) throws IOException {
      int most = onlyReads ? Math.min(READER_BYTES_MAX, bytesMax) : bytesMax;
      Outcome tooLarge = new Outcome.TooLarge(most < bytesMax);
      if (declaredBytes > most) {
        return tooLarge;
      }
      byte[] buffer = new byte[0];
      int size = 0;
      while (true) {
        if (size == buffer.length) {
          // One more than allowed, so that what is too large shows.
          int wanted = Math.min(most + 1, Math.max(FIRST_BYTES, 2 * size));
          if (!grow(wanted - size)) {
            return new Outcome.NoRoom();
          }
          buffer = Arrays.copyOf(buffer, wanted);
        }
        int filled = in.read(buffer, size, buffer.length - size);
        if (filled < 0) {
          return new Outcome.Whole(
              Payload.owned(size == buffer.length ? buffer : Arrays.copyOf(buffer, size)));
        }
        size += filled;
        if (size > most) {
          return tooLarge;
        }
      }
    }

    private boolean grow(int by) {
      long more = (long) by * HELD_PER_BYTE;
      if (!take(tenantNumber, more)) {
        return false;
      }
      bytes += more;
      return true;
    }

    /** Gives all back; again does nothing. */
    @Override
    public void close() {
      long all = bytes;
      bytes = 0;
      if (all > 0) {
        giveBack(tenantNumber, all);
      }
    }
  }
}
