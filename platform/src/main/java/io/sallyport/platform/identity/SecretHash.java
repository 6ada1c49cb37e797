package io.sallyport.platform.identity;

/**
 * A stored verifier of a secret (THREATS T06).
 *
 * @param scheme {@code hmac} for secrets made by us with at least 128 bits, {@code argon2id} for
 *     those chosen by people
 * @param keyId which server key was used
 * @param text parameters, salt and hash, as the scheme writes them
 */
public record SecretHash(String scheme, int keyId, String text) {
  @Override
  public String toString() {
    return "SecretHash[" + scheme + ", key " + keyId + "]";
  }
}
