package io.sallyport.watson.status;

import io.sallyport.mqtt.CloseReason;

/**
 * Close codes of status messages (watson-iot.md section 6); clients parse the code, not the text.
 */
public record CloseCode(int code, String text) {
  public static final CloseCode NOT_AUTHORIZED =
      new CloseCode(180, "The operation is not authorized.");
  public static final CloseCode TOPIC_NOT_VALID = new CloseCode(276, "The topic is not valid.");

  /** The code of a connection that ended so; 0 is the normal end. */
  public static CloseCode of(CloseReason reason) {
    return switch (reason) {
      case CLIENT_DISCONNECTED -> new CloseCode(0, "The connection completed normally.");
      case CONNECTION_LOST -> new CloseCode(91, "The connection was closed by the client.");
      case QUEUE_FULL, SLOW_READER, SERVER_ERROR ->
          new CloseCode(92, "The connection was closed by the server.");
      case SERVER_SHUTDOWN -> new CloseCode(93, "The server is shutting down.");
      // Contract open point: a disabled device gets 94 or 180. 94 tells it apart from a bad topic.
      case REVOKED, ADMINISTRATIVE ->
          new CloseCode(94, "The connection was closed by an administrator.");
      case PROTOCOL_ERROR, MALFORMED_PACKET -> new CloseCode(105, "The data is not valid.");
      case TOO_MANY_SUBSCRIPTIONS -> new CloseCode(154, "There are too many subscriptions.");
      case KEEP_ALIVE_TIMEOUT -> new CloseCode(160, "The connection timed out.");
      case NO_DATA -> new CloseCode(164, "No data was received.");
      case FIRST_PACKET_TOO_LARGE -> new CloseCode(165, "The first packet is too large.");
      case STORAGE_UNAVAILABLE -> new CloseCode(167, "The server is not available.");
      case NOT_AUTHORIZED -> NOT_AUTHORIZED;
      case TOPIC_NOT_VALID -> TOPIC_NOT_VALID;
      case PACKET_TOO_LARGE -> new CloseCode(287, "The message is too large.");
      case TAKEN_OVER -> new CloseCode(288, "The client ID was reused.");
    };
  }

  public boolean normal() {
    return code == 0;
  }
}
