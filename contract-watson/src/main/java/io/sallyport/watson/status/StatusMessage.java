package io.sallyport.watson.status;

import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.watson.WatsonTime;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One status message. All members of the contract's table are always there: a missing one makes the
 * old Java client drop its connection (watson-iot.md section 6).
 */
final class StatusMessage {
  private static final String HIDDEN_ADDRESS = "0.0.0.0";

  private final ObjectNode json;

  StatusMessage(
      String action,
      Instant time,
      StatusSubject subject,
      ConnectionInfo connection,
      MqttVersion version,
      ConnectionStats stats) {
    this.json =
        JsonNodeFactory.instance
            .objectNode()
            .put("Action", action)
            .put("Time", WatsonTime.text(time))
            .put("ClientAddr", address(connection))
            .put("ClientID", subject.clientId())
            .put("Port", connection.local().getPort())
            .put("Secure", connection.secure())
            .put("Protocol", protocol(version, connection.webSocket()))
            .put("ReadBytes", stats.readBytes())
            .put("ReadMsg", stats.readMessages())
            .put("WriteBytes", stats.writtenBytes())
            .put("WriteMsg", stats.writtenMessages());
  }

  StatusMessage user(String user) {
    json.put("User", user);
    return this;
  }

  StatusMessage connectTime(long millis) {
    json.put("ConnectTime", WatsonTime.text(millis));
    return this;
  }

  /** The normal end has neither code nor reason. */
  StatusMessage closed(CloseCode code) {
    if (!code.normal()) {
      json.put("CloseCode", code.code()).put("Reason", code.text());
    }
    return this;
  }

  byte[] bytes() {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** As {@link #bytes}, without address and user (THREATS T36). */
  byte[] maskedBytes() {
    ObjectNode masked = json.deepCopy();
    masked.put("ClientAddr", HIDDEN_ADDRESS);
    masked.remove("User");
    return masked.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The peer's address without port. */
  static String address(ConnectionInfo connection) {
    InetAddress address = connection.remote().getAddress();
    return address == null ? HIDDEN_ADDRESS : address.getHostAddress();
  }

  private static String protocol(MqttVersion version, boolean webSocket) {
    String name =
        switch (version) {
          case V3_1 -> "mqtt3";
          case V3_1_1 -> "mqtt4";
          case V5 -> "mqtt5";
        };
    return webSocket ? name + "-ws" : name;
  }
}
