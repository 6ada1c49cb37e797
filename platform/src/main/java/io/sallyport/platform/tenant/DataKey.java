package io.sallyport.platform.tenant;

import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.spec.SecretKeySpec;

/** The data key that one incarnation seals a tenant's records under. Thread-safe. */
final class DataKey {
  /** Writers take the right to seal in blocks, so that they share no counter per record. */
  private static final long BLOCK_RECORDS = 1024;

  private static final long STREAMS_MAX = 1L << 32;

  private final long id;
  private final SecretKeySpec secret;
  private final long endsMillis;
  private final long recordsMax;
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong streams = new AtomicLong();

  DataKey(long id, byte[] secret, long createdMillis, DataKeyLimits limits) {
    this.id = id;
    this.secret = new SecretKeySpec(secret, "AES");
    this.endsMillis = createdMillis + limits.ageMax().toMillis();
    this.recordsMax = limits.recordsMax();
  }

  long id() {
    return id;
  }

  SecretKeySpec secret() {
    return secret;
  }

  /** The number of a new stream, or -1 when the key has no more. */
  long newStream() {
    long stream = streams.getAndIncrement();
    return stream < STREAMS_MAX ? stream : -1;
  }

  /** How many more records the caller may seal: at least one, or 0 when the key is used up. */
  long reserve() {
    long before = records.getAndAdd(BLOCK_RECORDS);
    return Math.clamp(recordsMax - before, 0, BLOCK_RECORDS);
  }

  boolean expired(long nowMillis) {
    return nowMillis >= endsMillis;
  }
}
