package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.tenant.PayloadCipher;
import io.sallyport.platform.tenant.SealedContext;
import io.sallyport.platform.tenant.TenantKeys;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Real AES-256-GCM under one key kept in memory; shredding is remembered. */
final class FakeTenantKeys implements TenantKeys {
  private static final int HEAD_BYTES = 21;

  private final byte[] key = new byte[32];
  private final AtomicInteger streams = new AtomicInteger();
  private final Set<Integer> shredded = ConcurrentHashMap.newKeySet();

  @Override
  public void ensureTenant(int tenantNumber) {}

  @Override
  public PayloadCipher writer(int tenantNumber) {
    requireKey(tenantNumber);
    int stream = streams.incrementAndGet();
    long[] sequence = {0};
    AtomicBoolean inUse = new AtomicBoolean();
    return (context, plain, into, offset) -> {
      requireKey(context.tenantNumber());
      if (inUse.getAndSet(true)) {
        throw new IllegalStateException("one stream was used by two threads at once");
      }
      byte[] nonce = ByteBuffer.allocate(12).putInt(stream).putLong(sequence[0]++).array();
      byte[] sealed = run(Cipher.ENCRYPT_MODE, nonce, context, plain);
      ByteBuffer.wrap(into, offset, HEAD_BYTES + sealed.length)
          .put((byte) 1)
          .putLong(7)
          .put(nonce)
          .put(sealed);
      inUse.set(false);
      return HEAD_BYTES + sealed.length;
    };
  }

  @Override
  public byte[] open(SealedContext context, byte[] sealed, int offset, int length) {
    requireKey(context.tenantNumber());
    ByteBuffer in = ByteBuffer.wrap(sealed, offset, length);
    in.position(offset + 9);
    byte[] nonce = new byte[12];
    in.get(nonce);
    byte[] rest = new byte[in.remaining()];
    in.get(rest);
    return run(Cipher.DECRYPT_MODE, nonce, context, rest);
  }

  @Override
  public void shred(int tenantNumber) {
    shredded.add(tenantNumber);
  }

  @Override
  public byte[] purposeKey(String label) {
    return key.clone();
  }

  private void requireKey(int tenantNumber) {
    if (shredded.contains(tenantNumber)) {
      throw Problem.notFound("the tenant's key");
    }
  }

  private byte[] run(int mode, byte[] nonce, SealedContext context, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
      cipher.updateAAD(
          ByteBuffer.allocate(21)
              .put(context.storeKind())
              .putInt(context.tenantNumber())
              .putLong(context.deviceNumber())
              .putLong(context.timeMillis())
              .array());
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new Problem(Problem.Code.CORRUPT, "a sealed value does not open").asException();
    }
  }
}
