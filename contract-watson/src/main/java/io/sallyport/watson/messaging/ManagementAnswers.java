package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.platform.identity.Principal;
import io.sallyport.watson.Refusals;
import io.sallyport.watson.Refusals.Rule;
import io.sallyport.watson.topic.HeldFilters;
import io.sallyport.watson.topic.PublishTopic.ManagementRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Device management (watson-iot.md section 7) is not offered yet. Each request is answered with rc
 * 404, the one code for "not there" that every row of the contract's table has, so that a client
 * library reports it instead of waiting for ever.
 */
final class ManagementAnswers {
  static final int NOT_OFFERED = 404;
  private static final int REQUEST_BYTES_MAX = 16 * 1024;
  private static final int REQUEST_ID_CHARACTERS_MAX = 256;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(64).build())
                  .build())
          .build();

  private final LiveClient client;
  private final HeldFilters held;
  private final Refusals refusals;

  ManagementAnswers(LiveClient client, HeldFilters held, Refusals refusals) {
    this.client = client;
    this.held = held;
    this.refusals = refusals;
  }

  void answer(ManagementRequest request, InboundPublish publish, Ack ack) {
    // Answers to requests of the platform: there were none, so there is nothing to answer.
    if (!request.action().equals("response")) {
      refuse(request, publish);
    }
    ack.refused(ReasonCodes.NOT_AUTHORIZED);
  }

  private void refuse(ManagementRequest request, InboundPublish publish) {
    Principal.OfTenant principal = client.principal();
    refusals.note(
        Optional.of(principal.tenant()),
        principal.auditName(),
        "management.refused",
        publish.topic(),
        client.source(),
        Rule.DEVICE_MANAGEMENT);
    Optional<Qos> granted = held.highest(request.answerTopic());
    Optional<JsonNode> requestId = requestId(publish.payload());
    if (granted.isEmpty() || requestId.isEmpty()) {
      return;
    }
    String answer =
        JSON.createObjectNode()
            .put("rc", NOT_OFFERED)
            .put("message", Rule.DEVICE_MANAGEMENT.text())
            .set("reqId", requestId.get())
            .toString();
    client.send(
        Message.of(
            request.answerTopic(),
            answer.getBytes(StandardCharsets.UTF_8),
            granted.get().min(Qos.AT_LEAST_ONCE)),
        Delivery.IGNORED);
  }

  private static Optional<JsonNode> requestId(byte[] payload) {
    if (payload.length > REQUEST_BYTES_MAX) {
      return Optional.empty();
    }
    try {
      JsonNode id = JSON.readTree(payload).path("reqId");
      return id.isString() && id.stringValue().length() <= REQUEST_ID_CHARACTERS_MAX
          ? Optional.of(id)
          : Optional.empty();
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }
}
