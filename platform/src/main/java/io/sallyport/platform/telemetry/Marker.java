package io.sallyport.platform.telemetry;

import java.util.Arrays;

/**
 * An opaque row that becomes durable together with an event (MESSAGING section 6): whoever submits
 * the event knows its meaning, the log does not. A marker with the same key replaces the former.
 */
public final class Marker {
  private final byte[] key;
  private final byte[] value;

  /** Both arrays are taken over and must not be changed. */
  public Marker(byte[] key, byte[] value) {
    this.key = key;
    this.value = value;
  }

  /** The bytes themselves: read only. */
  public byte[] key() {
    return key;
  }

  /** The bytes themselves: read only. */
  public byte[] value() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Marker that
        && Arrays.equals(key, that.key)
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(key) + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return "Marker[" + key.length + " bytes]";
  }
}
