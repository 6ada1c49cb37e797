package io.sallyport.mqtt.listen;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * The session ticket keys of one listener, in memory only (THREATS T13). The newest issues, the one
 * before it still opens: rotated hourly, a ticket lives at most two hours. Guarded by {@link
 * ListenerTls}.
 */
final class TicketKeys {
  private final SecureRandom random;
  private OpenSslSessionTicketKey newest;
  private Optional<OpenSslSessionTicketKey> previous = Optional.empty();

  TicketKeys(SecureRandom random) {
    this.random = random;
    newest = fresh(random);
  }

  void rotate() {
    previous = Optional.of(newest);
    newest = fresh(random);
  }

  /** Makes every ticket issued so far worthless. */
  void forget() {
    newest = fresh(random);
    previous = Optional.empty();
  }

  OpenSslSessionTicketKey[] issuingFirst() {
    return previous
        .map(old -> List.of(newest, old))
        .orElseGet(() -> List.of(newest))
        .toArray(OpenSslSessionTicketKey[]::new);
  }

  private static OpenSslSessionTicketKey fresh(SecureRandom random) {
    return new OpenSslSessionTicketKey(
        bytes(random, OpenSslSessionTicketKey.NAME_SIZE),
        bytes(random, OpenSslSessionTicketKey.HMAC_KEY_SIZE),
        bytes(random, OpenSslSessionTicketKey.AES_KEY_SIZE));
  }

  private static byte[] bytes(SecureRandom random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }
}
