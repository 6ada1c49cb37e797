package io.sallyport.mqtt;

/** Protocol versions by their level in CONNECT. */
public enum MqttVersion {
  V3_1(3),
  V3_1_1(4),
  V5(5);

  private final int level;

  MqttVersion(int level) {
    this.level = level;
  }

  public int level() {
    return level;
  }
}
