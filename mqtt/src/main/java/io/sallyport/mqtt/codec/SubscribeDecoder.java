package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.Qos;
import java.util.ArrayList;
import java.util.List;

/** The bodies of SUBSCRIBE and UNSUBSCRIBE, MQTT 3.1.1 §3.8 and §3.10. */
final class SubscribeDecoder {
  private SubscribeDecoder() {}

  static MqttPacket subscribe(FieldReader in, CodecLimits limits) throws MalformedPacketException {
    int packetId = in.packetId();
    List<MqttPacket.Filter> filters = new ArrayList<>(4);
    do { // [MQTT-3.8.3-3]: at least one
      String filter = filter(in, limits, filters.size());
      int qos = in.unsignedByte();
      if (qos > 2) { // [MQTT-3.8.3-4]
        throw new MalformedPacketException(MalformedCause.QOS);
      }
      filters.add(new MqttPacket.Filter(filter, Qos.of(qos)));
    } while (in.remaining() > 0);
    return new MqttPacket.Subscribe(packetId, filters, MqttProperties.NONE);
  }

  static MqttPacket unsubscribe(FieldReader in, CodecLimits limits)
      throws MalformedPacketException {
    int packetId = in.packetId();
    List<String> filters = new ArrayList<>(4);
    do { // [MQTT-3.10.3-2]
      filters.add(filter(in, limits, filters.size()));
    } while (in.remaining() > 0);
    return new MqttPacket.Unsubscribe(packetId, filters, MqttProperties.NONE);
  }

  private static String filter(FieldReader in, CodecLimits limits, int before)
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
    return filter;
  }
}
