package io.sallyport.platform.tenant;

import org.jspecify.annotations.Nullable;

/** A tenant's writer stream, which goes on to the next data key by itself. For one thread. */
final class TenantWriter implements PayloadCipher {
  private final FileTenantKeys keys;
  private final int tenantNumber;

  // Written by this writer's thread, and set to null by the one that shreds the tenant's key.
  private volatile @Nullable SealingStream stream;

  TenantWriter(FileTenantKeys keys, int tenantNumber) {
    this.keys = keys;
    this.tenantNumber = tenantNumber;
  }

  @Override
  public int seal(SealedContext context, byte[] plain, byte[] into, int offset) {
    if (context.tenantNumber() != tenantNumber) {
      throw new IllegalArgumentException("this cipher belongs to another tenant");
    }
    if (into.length - offset < plain.length + OVERHEAD_BYTES) {
      throw new IllegalArgumentException("no room for the sealed value");
    }
    SealingStream current = stream;
    while (current == null || !current.takeOne(keys.nowMillis())) {
      current = keys.newStream(tenantNumber, current == null ? null : current.key());
      stream = current;
    }
    return current.seal(context, plain, into, offset);
  }

  /** Forgets key and cipher; the next {@link #seal} asks for new ones, and is refused. */
  void drop() {
    stream = null;
  }
}
