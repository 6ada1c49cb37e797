package io.sallyport.platform.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Raw secret text: a token or password. Does not print, compares in constant time. */
public final class Secret {
  private final byte[] utf8;

  private Secret(byte[] utf8) {
    this.utf8 = utf8;
  }

  public static Secret of(String text) {
    return new Secret(text.getBytes(StandardCharsets.UTF_8));
  }

  public static Secret of(byte[] bytes) {
    return new Secret(bytes.clone());
  }

  /** The secret in the clear. Search for this name to find every place where a secret is opened. */
  public byte[] revealBytes() {
    return utf8.clone();
  }

  /** The secret in the clear, as text. */
  public String revealText() {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  public int sizeBytes() {
    return utf8.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && MessageDigest.isEqual(utf8, that.utf8);
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return "Secret[hidden]";
  }
}
