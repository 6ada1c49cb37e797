package io.sallyport.platform.tenant;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** One tenant's key in memory, its current data key and its writers. Thread-safe. */
final class TenantKey {
  private final Set<TenantWriter> writers =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
  private volatile byte @Nullable [] key;
  private @Nullable DataKey current;

  TenantKey(byte @Nullable [] key) {
    this.key = key;
  }

  static ProblemException missing(int tenantNumber) {
    return new Problem(
            Problem.Code.NOT_FOUND, "tenant number " + tenantNumber + " has no key (any more)")
        .asException();
  }

  byte[] require(int tenantNumber) {
    byte[] held = key;
    if (held == null) {
      throw missing(tenantNumber);
    }
    return held;
  }

  Optional<byte[]> key() {
    return Optional.ofNullable(key);
  }

  boolean shredded() {
    return key == null;
  }

  void add(TenantWriter writer) {
    writers.add(writer);
  }

  /** The data key that new streams are made under; guarded by the owner's lock. */
  @Nullable DataKey current() {
    return current;
  }

  void current(DataKey dataKey) {
    current = dataKey;
  }

  void shred() {
    byte[] held = key;
    key = null;
    if (held != null) {
      Arrays.fill(held, (byte) 0);
    }
    forget();
  }

  /** Drops data key and ciphers, but not the tenant's key. */
  void forget() {
    current = null;
    synchronized (writers) {
      writers.forEach(TenantWriter::drop);
    }
  }
}
