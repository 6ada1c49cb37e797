package io.sallyport.mqtt.codec;

/**
 * The properties of a packet. Versions 3.1 and 3.1.1 have none, so every packet of theirs carries
 * {@link #NONE}.
 */
public final class MqttProperties {
  public static final MqttProperties NONE = new MqttProperties();

  private MqttProperties() {}

  @Override
  public String toString() {
    return "MqttProperties[]";
  }
}
