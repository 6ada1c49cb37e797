package io.sallyport.mqtt;

import java.util.Arrays;

/**
 * The note that a session has received a QoS 2 message and not yet its PUBREL, as the session store
 * keeps it: an opaque row. A contract that appends the message to a log hands it on with the
 * append, so that both are written at once (MESSAGING section 6); nobody looks into it. There is
 * one for a message of which only part has been done, too.
 */
public final class ReceivedMark {
  private final byte[] key;
  private final byte[] value;

  /** Both arrays are taken over and must not be changed. */
  public ReceivedMark(byte[] key, byte[] value) {
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
    return other instanceof ReceivedMark that
        && Arrays.equals(key, that.key)
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(key) + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return "ReceivedMark[" + key.length + " bytes]";
  }
}
