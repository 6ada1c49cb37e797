package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.watson.WatsonNames;
import io.sallyport.watson.WatsonTime;
import io.sallyport.watson.status.CloseCode;
import io.sallyport.watson.topic.HeldFilters;
import io.sallyport.watson.topic.ScopeTopic;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Tells a gateway what was refused, on its own notify topic at QoS 0 (watson-iot.md 5.2). */
final class Notices {
  private final LiveClient client;
  private final HeldFilters held;
  private final String topic;
  private final Clock clock;

  Notices(LiveClient client, HeldFilters held, DeviceKey gateway, Clock clock) {
    this.client = client;
    this.held = held;
    this.topic = ScopeTopic.notices(gateway);
    this.clock = clock;
  }

  /**
   * @param request {@code publish} or {@code subscribe}
   * @param about the device; empty if the topic could not be parsed
   */
  void send(String request, String refusedTopic, Optional<DeviceKey> about, CloseCode code) {
    if (held.highest(topic).isEmpty()) {
      return;
    }
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("Request", request)
            .put("Time", WatsonTime.text(clock.instant()))
            .put("Topic", refusedTopic);
    about.ifPresent(device ->
        json.put("Type", device.type().value()).put("Id", WatsonNames.encode(device.id())));
    json.put("Client", client.clientId()).put("RC", code.code()).put("Message", code.text());
    byte[] payload = json.toString().getBytes(StandardCharsets.UTF_8);
    client.send(Message.of(topic, payload, Qos.AT_MOST_ONCE), Delivery.IGNORED);
  }
}
