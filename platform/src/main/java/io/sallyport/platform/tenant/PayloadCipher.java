package io.sallyport.platform.tenant;

/**
 * Encrypts content under one tenant's current data key (AES-256-GCM, THREATS T01). One writer
 * stream: its nonces are a stream number and a counter. Not safe for use by several threads at
 * once; take one per thread from {@link TenantKeys#writer}.
 */
public interface PayloadCipher {
  /** Bytes that sealing adds: version 1, key id 8, nonce 12, tag 16. */
  int OVERHEAD_BYTES = 37;

  /** Appends the sealed form of {@code plain} to {@code into} at {@code offset}. */
  int seal(SealedContext context, byte[] plain, byte[] into, int offset);

  default byte[] seal(SealedContext context, byte[] plain) {
    byte[] sealed = new byte[plain.length + OVERHEAD_BYTES];
    seal(context, plain, sealed, 0);
    return sealed;
  }
}
