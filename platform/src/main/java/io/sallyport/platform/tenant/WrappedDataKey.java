package io.sallyport.platform.tenant;

import java.nio.ByteBuffer;

/**
 * A data key as it stands on disk.
 *
 * @param wrapped the key wrapped by its tenant's key, 40 bytes
 */
record WrappedDataKey(int tenant, long id, long createdMillis, ByteBuffer wrapped) {
  WrappedDataKey {
    if (wrapped.remaining() != KeyWrap.WRAPPED_BYTES) {
      throw new IllegalArgumentException("a wrapped key has 40 bytes");
    }
    wrapped = wrapped.asReadOnlyBuffer();
  }

  byte[] wrappedBytes() {
    byte[] bytes = new byte[KeyWrap.WRAPPED_BYTES];
    wrapped.duplicate().get(bytes);
    return bytes;
  }
}
