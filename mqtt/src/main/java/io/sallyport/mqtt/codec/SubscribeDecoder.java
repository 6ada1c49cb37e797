package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.UserProperty;
import io.sallyport.mqtt.codec.MqttPacket.RetainHandling;
import java.util.ArrayList;
import java.util.List;

/** The bodies of SUBSCRIBE and UNSUBSCRIBE, MQTT 3.1.1 and 5 §3.8 and §3.10. */
final class SubscribeDecoder {
  private SubscribeDecoder() {}

  static MqttPacket subscribe(MqttVersion version, FieldReader in, CodecLimits limits)
      throws MalformedPacketException {
    int packetId = in.packetId();
    SubscribeProperties properties = SubscribeProperties.NONE;
    if (version == MqttVersion.V5 && in.properties().read(Property.in(PacketType.SUBSCRIBE))) {
      properties = in.properties().subscribeProperties();
    }
    List<MqttPacket.Filter> filters = new ArrayList<>(4);
    do { // [MQTT-3.8.3-3], [v5:MQTT-3.8.3-2]: at least one
      String filter = filter(version, in, limits, filters.size());
      int options = in.unsignedByte();
      filters.add(
          version == MqttVersion.V5 ? withOptions(filter, options) : withQos(filter, options));
    } while (in.remaining() > 0);
    return new MqttPacket.Subscribe(packetId, filters, properties);
  }

  static MqttPacket unsubscribe(MqttVersion version, FieldReader in, CodecLimits limits)
      throws MalformedPacketException {
    int packetId = in.packetId();
    List<UserProperty> properties = List.of();
    if (version == MqttVersion.V5 && in.properties().read(Property.in(PacketType.UNSUBSCRIBE))) {
      properties = in.properties().userProperties();
    }
    List<String> filters = new ArrayList<>(4);
    do { // [MQTT-3.10.3-2]
      filters.add(filter(version, in, limits, filters.size()));
    } while (in.remaining() > 0);
    return new MqttPacket.Unsubscribe(packetId, filters, properties);
  }

  private static MqttPacket.Filter withQos(String filter, int qos) throws MalformedPacketException {
    if (qos > 2) { // [MQTT-3.8.3-4]
      throw new MalformedPacketException(MalformedCause.QOS);
    }
    return new MqttPacket.Filter(filter, Qos.of(qos));
  }

  /** MQTT 5 §3.8.3.1. */
  private static MqttPacket.Filter withOptions(String filter, int options)
      throws MalformedPacketException {
    if ((options & 0xC0) != 0) { // [v5:MQTT-3.8.3-5]
      throw new MalformedPacketException(MalformedCause.RESERVED_BITS);
    }
    int qos = options & 3;
    int retainHandling = options >> 4;
    boolean noLocal = (options & 4) != 0;
    if (qos == 3 || retainHandling == 3) {
      throw new MalformedPacketException(MalformedCause.SUBSCRIPTION_OPTIONS);
    }
    if (noLocal && TopicSyntax.isShared(filter)) { // [v5:MQTT-3.8.3-4]
      throw new MalformedPacketException(MalformedCause.SUBSCRIPTION_OPTIONS);
    }
    return new MqttPacket.Filter(
        filter, Qos.of(qos), noLocal, (options & 8) != 0, RetainHandling.of(retainHandling));
  }

  private static String filter(MqttVersion version, FieldReader in, CodecLimits limits, int before)
      throws MalformedPacketException {
    if (in.remaining() == 0) {
      throw new MalformedPacketException(MalformedCause.NO_FILTERS);
    }
    if (before == limits.filtersPerSubscribeMax()) {
      throw new MalformedPacketException(MalformedCause.TOO_MANY_FILTERS);
    }
    in.loadText(limits.topicBytesMax());
    String filter = in.loadedText();
    TopicSyntax.requireFilter(filter, limits);
    if (version == MqttVersion.V5) {
      TopicSyntax.requireShareName(filter);
    }
    return filter;
  }
}
