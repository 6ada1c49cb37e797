package io.sallyport.platform.tenant;

/**
 * The installation's key store: master key, wrapped tenant keys, wrapped data keys (THREATS T01,
 * T02, T04). Every process start is a new writer incarnation; a fresh data key per tenant is made,
 * wrapped and made durable before its first use, and ends after 2^32 records or 7 days.
 */
public interface TenantKeys {
  /** Makes the tenant's key if there is none yet; durable on return. */
  void ensureTenant(int tenantNumber);

  /**
   * A new writer stream for this tenant. It changes to a fresh data key by itself when the old one
   * is used up. Throws {@code NOT_FOUND} after the tenant's keys were shredded.
   */
  PayloadCipher writer(int tenantNumber);

  /**
   * Opens a sealed value. Safe for use by several threads.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code CORRUPT} if the value was changed or
   *     belongs elsewhere; {@code NOT_FOUND} if its key was shredded
   */
  byte[] open(SealedContext context, byte[] sealed, int offset, int length);

  default byte[] open(SealedContext context, byte[] sealed) {
    return open(context, sealed, 0, sealed.length);
  }

  /** The counted part of a sealed value's nonce: rises within one stream. */
  static long sequence(byte[] sealed, int offset) {
    long value = 0;
    for (int i = offset + 13; i < offset + 21; i++) {
      value = value << 8 | (sealed[i] & 0xff);
    }
    return value;
  }

  /** Destroys the tenant's key, in memory and on disk, before its data goes (THREATS T04). */
  void shred(int tenantNumber);

  /** A key for one purpose, derived from the master key by HKDF with the label (T02). 32 bytes. */
  byte[] purposeKey(String label);
}
