package io.sallyport.platform.identity;

import io.sallyport.platform.tenant.TenantKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The server keys that secrets are hashed under (THREATS T06): all verify, the newest writes.
 * Immutable.
 */
public final class HashKeys {
  private final TreeMap<Integer, SecretKeySpec> tokenKeys = new TreeMap<>();
  private final TreeMap<Integer, SecretKeySpec> passwordKeys = new TreeMap<>();
  private final SecretKeySpec nameKey;

  private HashKeys(TenantKeys keys, int newest) {
    for (int id = 1; id <= newest; id++) {
      String suffix = id == 1 ? "" : "." + id;
      tokenKeys.put(id, mac(keys.purposeKey("token" + suffix)));
      passwordKeys.put(id, mac(keys.purposeKey("password" + suffix)));
    }
    nameKey = mac(keys.purposeKey("audit-name"));
  }

  /**
   * Keys 1 to {@code newest}, derived from the master key. Raising {@code newest} rotates: old
   * hashes verify and are written anew at their next success.
   */
  public static HashKeys derive(TenantKeys keys, int newest) {
    if (newest < 1) {
      throw new IllegalArgumentException("key ids begin with 1");
    }
    return new HashKeys(keys, newest);
  }

  private static SecretKeySpec mac(byte[] key) {
    return new SecretKeySpec(key, "HmacSHA256");
  }

  int newest() {
    return tokenKeys.lastKey();
  }

  Optional<byte[]> tokenMac(int keyId, byte[] secret) {
    return find(tokenKeys, keyId).map(key -> mac(key, secret));
  }

  /** What Argon2 gets as its secret parameter. */
  Optional<byte[]> passwordKey(int keyId) {
    return find(passwordKeys, keyId).map(SecretKeySpec::getEncoded);
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
