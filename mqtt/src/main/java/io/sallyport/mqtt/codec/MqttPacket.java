package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Password;
import io.sallyport.mqtt.Qos;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One MQTT control packet, immutable. In 3.x every reason code is 0 and every properties component
 * is {@link MqttProperties#NONE}.
 */
public sealed interface MqttPacket extends Decoded.Packet {
  /** MQTT 3.1.1 §3.1. */
  record Connect(
      MqttVersion version,
      String clientId,
      boolean cleanStart,
      int keepAliveSeconds,
      @Nullable Message will,
      @Nullable String userName,
      @Nullable Password password,
      MqttProperties properties)
      implements MqttPacket {}

  /**
   * MQTT 3.1.1 §3.2.
   *
   * @param code return code of 3.x, reason code of 5
   */
  record ConnAck(boolean sessionPresent, int code, MqttProperties properties)
      implements MqttPacket {}

  /** MQTT 3.1.1 §3.3. The payload array belongs to who decoded it. */
  final class Publish implements MqttPacket {
    private final String topic;
    private final byte[] payload;
    private final Qos qos;
    private final boolean retain;
    private final boolean duplicate;
    private final int packetId;
    private final MqttProperties properties;

    /**
     * @param packetId 0 with QoS 0, else 1 to 65,535
     */
    public Publish(
        String topic,
        byte[] payload,
        Qos qos,
        boolean retain,
        boolean duplicate,
        int packetId,
        MqttProperties properties) {
      this.topic = topic;
      this.payload = payload;
      this.qos = qos;
      this.retain = retain;
      this.duplicate = duplicate;
      this.packetId = packetId;
      this.properties = properties;
    }

    public String topic() {
      return topic;
    }

    public byte[] payload() {
      return payload;
    }

    public Qos qos() {
      return qos;
    }

    public boolean retain() {
      return retain;
    }

    public boolean duplicate() {
      return duplicate;
    }

    public int packetId() {
      return packetId;
    }

    public MqttProperties properties() {
      return properties;
    }

    @Override
    public String toString() {
      return "Publish[" + topic + ", " + qos + ", " + payload.length + " bytes]";
    }
  }

  /** MQTT 3.1.1 §3.4. */
  record PubAck(int packetId, int reasonCode, MqttProperties properties) implements MqttPacket {}

  /** MQTT 3.1.1 §3.5. */
  record PubRec(int packetId, int reasonCode, MqttProperties properties) implements MqttPacket {}

  /** MQTT 3.1.1 §3.6. */
  record PubRel(int packetId, int reasonCode, MqttProperties properties) implements MqttPacket {}

  /** MQTT 3.1.1 §3.7. */
  record PubComp(int packetId, int reasonCode, MqttProperties properties) implements MqttPacket {}

  /** MQTT 3.1.1 §3.8. */
  record Subscribe(int packetId, List<Filter> filters, MqttProperties properties)
      implements MqttPacket {
    public Subscribe {
      filters = List.copyOf(filters);
    }
  }

  /** One line of a SUBSCRIBE. */
  record Filter(String filter, Qos qos) {}

  /** MQTT 3.1.1 §3.9: one code per filter, in order [MQTT-3.9.3-1]. */
  record SubAck(int packetId, List<Integer> codes, MqttProperties properties)
      implements MqttPacket {
    public SubAck {
      codes = List.copyOf(codes);
    }
  }

  /** MQTT 3.1.1 §3.10. */
  record Unsubscribe(int packetId, List<String> filters, MqttProperties properties)
      implements MqttPacket {
    public Unsubscribe {
      filters = List.copyOf(filters);
    }
  }

  /** MQTT 3.1.1 §3.11. */
  record UnsubAck(int packetId, MqttProperties properties) implements MqttPacket {}

  /** MQTT 3.1.1 §3.12. */
  enum PingReq implements MqttPacket {
    PINGREQ
  }

  /** MQTT 3.1.1 §3.13. */
  enum PingResp implements MqttPacket {
    PINGRESP
  }

  /** MQTT 3.1.1 §3.14. */
  record Disconnect(int reasonCode, MqttProperties properties) implements MqttPacket {}
}
