package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Password;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One MQTT control packet, immutable. In 3.x every reason code is 0 and the properties are the
 * shared {@code NONE} of their type.
 */
public sealed interface MqttPacket extends Decoded.Packet {
  /** MQTT 3.1.1 and 5 §3.1. */
  record Connect(
      MqttVersion version,
      String clientId,
      boolean cleanStart,
      int keepAliveSeconds,
      @Nullable Will will,
      @Nullable String userName,
      @Nullable Password password,
      ConnectProperties properties)
      implements MqttPacket {}

  /**
   * The will of a CONNECT.
   *
   * @param delaySeconds 0 to 4,294,967,295, MQTT 5 §3.1.3.2.2; 0 in 3.x
   */
  record Will(Message message, long delaySeconds) {}

  /**
   * MQTT 3.1.1 and 5 §3.2.
   *
   * @param code return code of 3.x, reason code of 5
   */
  record ConnAck(boolean sessionPresent, int code, ConnAckProperties properties)
      implements MqttPacket {}

  /** MQTT 3.1.1 and 5 §3.3. The payload array belongs to who decoded it. */
  final class Publish implements MqttPacket {
    private final String topic;
    private final byte[] payload;
    private final Qos qos;
    private final boolean retain;
    private final boolean duplicate;
    private final int packetId;
    private final MessageProperties properties;
    private final int topicAlias;
    private final SubscriptionIds subscriptionIds;

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
        MessageProperties properties) {
      this(topic, payload, qos, retain, duplicate, packetId, properties, 0, SubscriptionIds.NONE);
    }

    /**
     * @param topic empty when the alias alone names it
     * @param packetId 0 with QoS 0, else 1 to 65,535
     * @param topicAlias 1 to 65,535, or 0 when absent
     * @param subscriptionIds of packets to the client; a client has none to send
     */
    public Publish(
        String topic,
        byte[] payload,
        Qos qos,
        boolean retain,
        boolean duplicate,
        int packetId,
        MessageProperties properties,
        int topicAlias,
        SubscriptionIds subscriptionIds) {
      this.topic = topic;
      this.payload = payload;
      this.qos = qos;
      this.retain = retain;
      this.duplicate = duplicate;
      this.packetId = packetId;
      this.properties = properties;
      this.topicAlias = topicAlias;
      this.subscriptionIds = subscriptionIds;
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

    public MessageProperties properties() {
      return properties;
    }

    public int topicAlias() {
      return topicAlias;
    }

    public SubscriptionIds subscriptionIds() {
      return subscriptionIds;
    }

    @Override
    public String toString() {
      return "Publish[" + topic + ", " + qos + ", " + payload.length + " bytes]";
    }
  }

  /** MQTT 3.1.1 and 5 §3.4. */
  record PubAck(int packetId, int reasonCode, AckProperties properties) implements MqttPacket {}

  /** MQTT 3.1.1 and 5 §3.5. */
  record PubRec(int packetId, int reasonCode, AckProperties properties) implements MqttPacket {}

  /** MQTT 3.1.1 and 5 §3.6. */
  record PubRel(int packetId, int reasonCode, AckProperties properties) implements MqttPacket {}

  /** MQTT 3.1.1 and 5 §3.7. */
  record PubComp(int packetId, int reasonCode, AckProperties properties) implements MqttPacket {}

  /** MQTT 3.1.1 and 5 §3.8. */
  record Subscribe(int packetId, List<Filter> filters, SubscribeProperties properties)
      implements MqttPacket {
    public Subscribe {
      filters = List.copyOf(filters);
    }
  }

  /** One line of a SUBSCRIBE with its options, MQTT 5 §3.8.3.1. */
  record Filter(
      String filter,
      Qos qos,
      boolean noLocal,
      boolean retainAsPublished,
      RetainHandling retainHandling) {
    /** As in 3.x. */
    public Filter(String filter, Qos qos) {
      this(filter, qos, false, false, RetainHandling.SEND);
    }
  }

  /** When retained messages are sent for a subscription [v5:MQTT-3.3.1-9 to -11]. */
  enum RetainHandling {
    SEND,
    SEND_IF_NEW,
    DO_NOT_SEND;

    private static final RetainHandling[] VALUES = values();

    public int level() {
      return ordinal();
    }

    /**
     * @param level 0 to 2
     */
    public static RetainHandling of(int level) {
      return VALUES[level];
    }
  }

  /** MQTT 3.1.1 and 5 §3.9: one code per filter, in order [MQTT-3.9.3-1]. */
  record SubAck(int packetId, List<Integer> codes, AckProperties properties) implements MqttPacket {
    public SubAck {
      codes = List.copyOf(codes);
    }
  }

  /** MQTT 3.1.1 and 5 §3.10. */
  record Unsubscribe(int packetId, List<String> filters, List<UserProperty> userProperties)
      implements MqttPacket {
    public Unsubscribe {
      filters = List.copyOf(filters);
      userProperties = List.copyOf(userProperties);
    }
  }

  /**
   * MQTT 3.1.1 and 5 §3.11.
   *
   * @param codes one per filter, in order [v5:MQTT-3.11.3-1]; none in 3.x
   */
  record UnsubAck(int packetId, List<Integer> codes, AckProperties properties)
      implements MqttPacket {
    public UnsubAck {
      codes = List.copyOf(codes);
    }
  }

  /** MQTT 3.1.1 and 5 §3.12. */
  enum PingReq implements MqttPacket {
    PINGREQ
  }

  /** MQTT 3.1.1 and 5 §3.13. */
  enum PingResp implements MqttPacket {
    PINGRESP
  }

  /** MQTT 3.1.1 and 5 §3.14. */
  record Disconnect(int reasonCode, DisconnectProperties properties) implements MqttPacket {
    /** All that 3.x can say. */
    public static final Disconnect NORMAL = new Disconnect(0, DisconnectProperties.NONE);
  }

  /** MQTT 5 §3.15. */
  record Auth(int reasonCode, AuthProperties properties) implements MqttPacket {}
}
