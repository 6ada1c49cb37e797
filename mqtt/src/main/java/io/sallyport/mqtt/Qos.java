package io.sallyport.mqtt;

/** Quality of service, MQTT 3.1.1 §4.3. */
public enum Qos {
  AT_MOST_ONCE,
  AT_LEAST_ONCE,
  EXACTLY_ONCE;

  private static final Qos[] VALUES = values();

  public int level() {
    return ordinal();
  }

  /**
   * @param level 0 to 2
   */
  public static Qos of(int level) {
    return VALUES[level];
  }

  public Qos min(Qos other) {
    return ordinal() <= other.ordinal() ? this : other;
  }
}
