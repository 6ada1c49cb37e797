package io.sallyport.platform.identity;

import io.sallyport.platform.tenant.TenantKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The server keys that secrets are hashed under (THREATS T06): all verify but the retired, the
 * newest writes. {@link HashKeyRing} rotates and retires them. Thread-safe.
 */
public final class HashKeys {
  private final TenantKeys source;
  private final SecretKeySpec nameKey;
  private volatile Keys keys;

  /** What is in force; never changed, only replaced. */
  private record Keys(
      int newest, Map<Integer, SecretKeySpec> token, Map<Integer, SecretKeySpec> password) {}

  private HashKeys(TenantKeys source, int newest, Set<Integer> retired) {
    this.source = source;
    this.nameKey = mac(source.purposeKey("audit-name"));
    this.keys = derived(newest, retired);
  }

  private Keys derived(int newest, Set<Integer> retired) {
    if (newest < 1 || retired.contains(newest)) {
      throw new IllegalArgumentException("key ids begin with 1, and the newest is in use");
    }
    Map<Integer, SecretKeySpec> token = new HashMap<>();
    Map<Integer, SecretKeySpec> password = new HashMap<>();
    for (int id = 1; id <= newest; id++) {
      if (!retired.contains(id)) {
        String suffix = id == 1 ? "" : "." + id;
        token.put(id, mac(source.purposeKey("token" + suffix)));
        password.put(id, mac(source.purposeKey("password" + suffix)));
      }
    }
    return new Keys(newest, Map.copyOf(token), Map.copyOf(password));
  }

  /**
   * Keys 1 to {@code newest}, derived from the master key. Raising {@code newest} rotates: old
   * hashes verify and are written anew at their next success.
   */
  public static HashKeys derive(TenantKeys keys, int newest) {
    return derive(keys, newest, Set.of());
  }

  /** As above, without the retired ones. */
  static HashKeys derive(TenantKeys keys, int newest, Set<Integer> retired) {
    return new HashKeys(keys, newest, retired);
  }

  /** From now on these are in force. */
  void replace(int newest, Set<Integer> retired) {
    keys = derived(newest, retired);
  }

  /** Whether secrets hashed under this key may verify. */
  boolean isInForce(int keyId) {
    return keys.token().containsKey(keyId);
  }

  private static SecretKeySpec mac(byte[] key) {
    return new SecretKeySpec(key, "HmacSHA256");
  }

  int newest() {
    return keys.newest();
  }

  Optional<byte[]> tokenMac(int keyId, byte[] secret) {
    return find(keys.token(), keyId).map(key -> mac(key, secret));
  }

  /** What Argon2 gets as its secret parameter. */
  Optional<byte[]> passwordKey(int keyId) {
    return find(keys.password(), keyId).map(SecretKeySpec::getEncoded);
  }

  private static Optional<SecretKeySpec> find(Map<Integer, SecretKeySpec> keys, int keyId) {
    return Optional.ofNullable(keys.get(keyId));
  }

  /**
   * Stands in audit records for a name that matches nobody: people type passwords into name fields
   * (THREATS T46).
   */
  public String pseudonym(String name) {
    byte[] mac = mac(nameKey, name.getBytes(StandardCharsets.UTF_8));
    return "unknown:" + HexFormat.of().formatHex(mac, 0, 8);
  }

  static byte[] mac(SecretKeySpec key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
