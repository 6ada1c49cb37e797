package io.sallyport.platform.tenant;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A sealed value: version 1 | key id 8 | nonce 12 | ciphertext | tag 16, the nonce being stream
 * number 4 | sequence 8. Its AAD: version 1 | key id 8 | store kind 1 | tenant 4 | device 8 | time
 * 8 | sequence 8 (THREATS T01).
 */
final class SealedLayout {
  static final byte VERSION = 1;
  static final int KEY_ID_AT = 1;
  static final int NONCE_AT = 9;
  static final int NONCE_BYTES = 12;
  static final int SEQUENCE_AT = 13;
  static final int CIPHERTEXT_AT = NONCE_AT + NONCE_BYTES;
  static final int TAG_BYTES = 16;
  static final int AAD_BYTES = 38;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private SealedLayout() {}

  static void putLong(byte[] bytes, int at, long value) {
    LONG.set(bytes, at, value);
  }

  static long getLong(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  static void putInt(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }

  static void aad(byte[] into, long keyId, SealedContext context, long sequence) {
    into[0] = VERSION;
    putLong(into, 1, keyId);
    into[9] = context.storeKind();
    putInt(into, 10, context.tenantNumber());
    putLong(into, 14, context.deviceNumber());
    putLong(into, 22, context.timeMillis());
    putLong(into, 30, sequence);
  }
}
