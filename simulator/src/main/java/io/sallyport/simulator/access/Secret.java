package io.sallyport.simulator.access;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** A token or password that does not print. */
public final class Secret {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int RANDOM_LENGTH = 28;

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /** Wraps what a file or the environment held. */
  public static Secret of(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a secret may not be empty");
    }
    return new Secret(value);
  }

  /** A fresh token of letters and digits (166 bits when the generator is a secure one). */
  public static Secret random(RandomGenerator random) {
    StringBuilder token = new StringBuilder(RANDOM_LENGTH);
    for (int i = 0; i < RANDOM_LENGTH; i++) {
      token.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new Secret(token.toString());
  }

  /** The secret itself, for the wire and the bootstrap file alone. */
  public String reveal() {
    return value;
  }

  /** The secret's bytes in UTF-8, for the wire. */
  public byte[] revealBytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
