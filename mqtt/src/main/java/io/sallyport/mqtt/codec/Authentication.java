package io.sallyport.mqtt.codec;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Method and data of enhanced authentication, MQTT 5 §4.12. Does not print its data. */
public final class Authentication {
  private final String method;
  private final byte @Nullable [] data;

  /**
   * @param data taken over, not copied; null when absent
   */
  public Authentication(String method, byte @Nullable [] data) {
    this.method = method;
    this.data = data;
  }

  public String method() {
    return method;
  }

  /** The bytes in the clear: read only. */
  public byte @Nullable [] revealData() {
    return data;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Authentication that
        && method.equals(that.method)
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(method, Arrays.hashCode(data));
  }

  @Override
  public String toString() {
    return "Authentication[" + method + "]";
  }
}
