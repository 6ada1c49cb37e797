package io.sallyport.store.sql;

import io.sallyport.platform.base.Payload;
import io.sallyport.platform.tenant.PayloadCipher;
import io.sallyport.platform.tenant.SealedContext;
import io.sallyport.platform.tenant.TenantKeys;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Seals and opens the payloads of commands. Keeps one writer stream per tenant idle for the next
 * thread that seals; a stream is with one thread at a time. Thread-safe.
 */
final class SealedPayloads {
  private static final int IDLE_MAX = 256;

  private final TenantKeys keys;
  private final ConcurrentHashMap<Integer, PayloadCipher> idle = new ConcurrentHashMap<>();

  SealedPayloads(TenantKeys keys) {
    this.keys = keys;
  }

  byte[] seal(int tenantNumber, long deviceNumber, Instant created, Payload payload) {
    PayloadCipher cipher = idle.remove(tenantNumber);
    if (cipher == null) {
      cipher = keys.writer(tenantNumber);
    }
    byte[] sealed =
        cipher.seal(context(tenantNumber, deviceNumber, created), payload.sharedBytes());
    if (idle.size() < IDLE_MAX) {
      idle.putIfAbsent(tenantNumber, cipher);
    }
    return sealed;
  }

  Payload open(int tenantNumber, long deviceNumber, Instant created, byte[] sealed) {
    return Payload.owned(keys.open(context(tenantNumber, deviceNumber, created), sealed));
  }

  /** THREATS T04: no cipher of a deleted tenant stays. */
  void forget(int tenantNumber) {
    idle.remove(tenantNumber);
  }

  private static SealedContext context(int tenantNumber, long deviceNumber, Instant created) {
    return new SealedContext(
        SealedContext.COMMAND, tenantNumber, deviceNumber, created.toEpochMilli());
  }
}
