package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.SubscribeOutcome;
import io.sallyport.mqtt.codec.MqttPacket;
import java.util.ArrayList;
import java.util.List;

/** SUBSCRIBE and UNSUBSCRIBE of one open connection. Used on its loop. */
final class Subscribing {
  private static final int REFUSED = 0x80;

  private final EngineContext engine;
  private final Connection connection;
  private final Session session;
  private final ClientBinding binding;
  private final int subscriptionsMax;

  Subscribing(
      EngineContext engine,
      Connection connection,
      Session session,
      ClientBinding binding,
      int subscriptionsMax) {
    this.engine = engine;
    this.connection = connection;
    this.session = session;
    this.binding = binding;
    this.subscriptionsMax = subscriptionsMax;
  }

  /** One code per filter, in order, in one packet [MQTT-3.8.4-5], [MQTT-3.9.3-1]. */
  void subscribe(MqttPacket.Subscribe packet) {
    List<Integer> codes = new ArrayList<>(packet.filters().size());
    for (MqttPacket.Filter filter : packet.filters()) {
      boolean another = !session.subscriptions().holds(filter.filter());
      if (another && session.subscriptions().size() >= subscriptionsMax) {
        connection.close(CloseReason.TOO_MANY_SUBSCRIPTIONS);
        return;
      }
      switch (binding.subscribe(filter.filter(), filter.qos())) {
        case SubscribeOutcome.Granted granted -> {
          session.subscriptions().put(filter.filter(), granted);
          codes.add(granted.qos().level());
          if (granted.indexed()) { // [MQTT-3.3.1-6], [MQTT-3.8.4-3]; sent after SUBACK.
            session
                .outflow()
                .addRetained(
                    engine.scopes().state(granted.scope()).retained(),
                    filter.filter(),
                    granted.qos());
          }
        }
        case SubscribeOutcome.Refused _ -> {
          // What was granted before is not granted any more.
          session.subscriptions().remove(filter.filter());
          codes.add(REFUSED);
        }
        case SubscribeOutcome.Close close -> {
          connection.close(close.reason());
          return;
        }
      }
    }
    connection.writer().subAck(packet.packetId(), codes);
    session.pump();
  }

  /** Always answered, whether the filter was held or not [MQTT-3.10.4-4], [MQTT-3.10.4-5]. */
  void unsubscribe(MqttPacket.Unsubscribe packet) {
    for (String filter : packet.filters()) {
      if (session.subscriptions().remove(filter)) {
        binding.unsubscribed(filter);
      }
    }
    connection.writer().unsubAck(packet.packetId());
  }
}
