package io.sallyport.mqtt.listen;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The session ticket keys of one listener, in memory only (THREATS T13). The newest issues, the one
 * before it still opens: rotated hourly, a ticket lives at most two hours. Changed under {@link
 * ListenerTls}'s lock, read by any thread.
 */
final class TicketKeys {
  private static final String MAC = "HmacSHA256";
  private static final int MAC_BYTES = 32;

  private final SecureRandom random;

  /** The issuing one first. */
  private volatile List<Key> keys;

  TicketKeys(SecureRandom random) {
    this.random = random;
    keys = List.of(fresh());
  }

  void rotate() {
    keys = List.of(fresh(), keys.getFirst());
  }

  /** Makes every ticket issued so far worthless. */
  void forget() {
    keys = List.of(fresh());
  }

  OpenSslSessionTicketKey[] issuingFirst() {
    return keys.stream()
        .map(key -> new OpenSslSessionTicketKey(key.name, key.hmac, key.aes))
        .toArray(OpenSslSessionTicketKey[]::new);
  }

  /**
   * Whether the ticket was issued here and can still be opened. Form of RFC 5077 §4, which
   * BoringSSL keeps: key name, vector, content, and HMAC-SHA-256 over all of these.
   */
  boolean isOurs(byte[] ticket) {
    int macAt = ticket.length - MAC_BYTES;
    if (macAt < OpenSslSessionTicketKey.NAME_SIZE) {
      return false;
    }
    for (Key key : keys) {
      boolean named = Arrays.equals(key.name, 0, key.name.length, ticket, 0, key.name.length);
      if (named) {
        return MessageDigest.isEqual(
            mac(key, ticket, macAt), Arrays.copyOfRange(ticket, macAt, ticket.length));
      }
    }
    return false;
  }

  private static byte[] mac(Key key, byte[] ticket, int length) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key.hmac, MAC));
      mac.update(ticket, 0, length);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Key fresh() {
    return new Key(
        bytes(OpenSslSessionTicketKey.NAME_SIZE),
        bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
        bytes(OpenSslSessionTicketKey.AES_KEY_SIZE));
  }

  private byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private static final class Key {
    final byte[] name;
    final byte[] hmac;
    final byte[] aes;

    Key(byte[] name, byte[] hmac, byte[] aes) {
      this.name = name;
      this.hmac = hmac;
      this.aes = aes;
    }
  }
}
