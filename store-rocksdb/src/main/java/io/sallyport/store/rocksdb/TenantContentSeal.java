package io.sallyport.store.rocksdb;

import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.store.ContentPlace;
import io.sallyport.mqtt.store.ContentSeal;
import io.sallyport.mqtt.store.SessionStoreException;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.tenant.PayloadCipher;
import io.sallyport.platform.tenant.SealedContext;
import io.sallyport.platform.tenant.TenantKeys;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Seals the content of sessions under the tenants' keys, as the log does (THREATS T01, T03, T04).
 *
 * <p>Kind, tenant, owner and time are additional authenticated data. The record's number stands
 * before the content and is compared after opening, so that rows of one session can't be exchanged.
 */
public final class TenantContentSeal implements ContentSeal {
  private static final int NUMBER_BYTES = 8;

  private final TenantKeys keys;
  private final ToIntFunction<Scope> tenantNumbers;

  /** One stream of nonces per tenant, for the writing thread. */
  private final Map<Integer, PayloadCipher> ciphers = new HashMap<>();

  /**
   * @param tenantNumbers tells whose scope it is; a number of no tenant means that it has no keys
   */
  public TenantContentSeal(TenantKeys keys, ToIntFunction<Scope> tenantNumbers) {
    this.keys = keys;
    this.tenantNumbers = tenantNumbers;
  }

  @Override
  public Optional<byte[]> seal(ContentPlace place, byte[] plain) {
    SealedContext context = context(place);
    byte[] numbered = new byte[NUMBER_BYTES + plain.length];
    ByteBuffer.wrap(numbered).putLong(place.record()).put(plain);
    try {
      return Optional.of(
          ciphers.computeIfAbsent(context.tenantNumber(), keys::writer).seal(context, numbered));
    } catch (ProblemException refused) {
      if (refused.problem().code() != Problem.Code.NOT_FOUND) {
        throw refused;
      }
      ciphers.remove(context.tenantNumber());
      return Optional.empty();
    }
  }

  @Override
  public Optional<byte[]> open(ContentPlace place, byte[] sealed, int offset) {
    byte[] numbered;
    try {
      numbered = keys.open(context(place), sealed, offset, sealed.length - offset);
    } catch (ProblemException refused) {
      if (refused.problem().code() == Problem.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw new SessionStoreException(
          SessionStoreException.Reason.CORRUPT, refused.problem().text(), refused);
    }
    if (numbered.length < NUMBER_BYTES || ByteBuffer.wrap(numbered).getLong() != place.record()) {
      throw new SessionStoreException(
          SessionStoreException.Reason.CORRUPT, "a sealed message belongs elsewhere");
    }
    return Optional.of(Arrays.copyOfRange(numbered, NUMBER_BYTES, numbered.length));
  }

  @Override
  public boolean readable(Scope scope) {
    try {
      keys.writer(tenantNumbers.applyAsInt(scope));
      return true;
    } catch (ProblemException refused) {
      if (refused.problem().code() != Problem.Code.NOT_FOUND) {
        throw refused;
      }
      return false;
    }
  }

  private SealedContext context(ContentPlace place) {
    byte kind =
        switch (place.kind()) {
          case QUEUED -> SealedContext.QUEUED_MESSAGE;
          case BODY -> SealedContext.MESSAGE_BODY;
          case WILL -> SealedContext.WILL;
          case RETAINED -> SealedContext.RETAINED;
        };
    return new SealedContext(
        kind, tenantNumbers.applyAsInt(place.scope()), place.owner(), place.timeMillis());
  }
}
