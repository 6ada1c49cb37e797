package io.sallyport.platform.testing;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.tenant.PayloadCipher;
import io.sallyport.platform.tenant.SealedContext;
import io.sallyport.platform.tenant.TenantKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Tenant keys that live as long as the object: real encryption, one data key per tenant. */
public final class InMemoryTenantKeys implements TenantKeys {
  private final Map<Integer, SecretKeySpec> keys = new ConcurrentHashMap<>();
  private final AtomicInteger streams = new AtomicInteger();
  private final String seed;

  public InMemoryTenantKeys() {
    this("a master key for tests");
  }

  public InMemoryTenantKeys(String seed) {
    this.seed = seed;
  }

  @Override
  public void ensureTenant(int tenantNumber) {
    keys.computeIfAbsent(
        tenantNumber, number -> new SecretKeySpec(purposeKey("tenant." + number), "AES"));
  }

  private SecretKeySpec key(int tenantNumber) {
    SecretKeySpec key = keys.get(tenantNumber);
    if (key == null) {
      throw Problem.notFound("the tenant's key");
    }
    return key;
  }

  @Override
  public PayloadCipher writer(int tenantNumber) {
    key(tenantNumber);
    int stream = streams.incrementAndGet();
    long[] sequence = new long[1];
    return (context, plain, into, offset) -> {
      ByteBuffer head = ByteBuffer.allocate(21).put((byte) 1).putLong(tenantNumber).putInt(stream);
      head.putLong(sequence[0]++);
      try {
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, context, head.array());
        System.arraycopy(head.array(), 0, into, offset, 21);
        return 21 + cipher.doFinal(plain, 0, plain.length, into, offset + 21);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private Cipher cipher(int mode, SealedContext context, byte[] head)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key(context.tenantNumber()), new GCMParameterSpec(128, head, 9, 12));
    cipher.updateAAD(head, 0, 9);
    cipher.updateAAD(
        ByteBuffer.allocate(21)
            .put(context.storeKind())
            .putInt(context.tenantNumber())
            .putLong(context.deviceNumber())
            .putLong(context.timeMillis())
            .array());
    return cipher;
  }

  @Override
  public byte[] open(SealedContext context, byte[] sealed, int offset, int length) {
    byte[] head = new byte[21];
    try {
      if (length < PayloadCipher.OVERHEAD_BYTES) {
        throw new AEADBadTagException("too short");
      }
      System.arraycopy(sealed, offset, head, 0, 21);
      return cipher(Cipher.DECRYPT_MODE, context, head).doFinal(sealed, offset + 21, length - 21);
    } catch (GeneralSecurityException e) {
      throw new Problem(Problem.Code.CORRUPT, "the value does not open").asException();
    }
  }

  @Override
  public void shred(int tenantNumber) {
    keys.remove(tenantNumber);
  }

  @Override
  public byte[] purposeKey(String label) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest((seed + "\0" + label).getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
