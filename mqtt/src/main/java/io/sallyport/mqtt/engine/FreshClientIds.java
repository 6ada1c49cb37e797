package io.sallyport.mqtt.engine;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Names for clients that bring none [v5:MQTT-3.1.3-6]: 128 random bits, so none is given twice and
 * none can be guessed. Thread-safe if the randomness is.
 */
final class FreshClientIds {
  private static final int BYTES = 16;

  private final RandomGenerator random;

  FreshClientIds(RandomGenerator random) {
    this.random = random;
  }

  String next() {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return "auto-" + HexFormat.of().formatHex(bytes);
  }
}
