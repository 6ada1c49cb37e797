package io.sallyport.mqtt;

/**
 * Why a connection ended. Contracts map these to their own codes; a client of version 5 is told its
 * {@link #reasonCode} in a DISCONNECT before we close.
 */
public enum CloseReason {
  /** DISCONNECT from the client. */
  CLIENT_DISCONNECTED(ReasonCode.SUCCESS),
  /** The socket closed or broke without DISCONNECT. */
  CONNECTION_LOST(ReasonCode.UNSPECIFIED_ERROR),
  KEEP_ALIVE_TIMEOUT(ReasonCode.KEEP_ALIVE_TIMEOUT),
  /** Login, packet or handshake not complete in time. */
  NO_DATA(ReasonCode.KEEP_ALIVE_TIMEOUT),
  PROTOCOL_ERROR(ReasonCode.PROTOCOL_ERROR),
  MALFORMED_PACKET(ReasonCode.MALFORMED_PACKET),
  PACKET_TOO_LARGE(ReasonCode.PACKET_TOO_LARGE),
  FIRST_PACKET_TOO_LARGE(ReasonCode.PACKET_TOO_LARGE),
  TOPIC_NOT_VALID(ReasonCode.TOPIC_NAME_INVALID),
  NOT_AUTHORIZED(ReasonCode.NOT_AUTHORIZED),
  TOO_MANY_SUBSCRIPTIONS(ReasonCode.QUOTA_EXCEEDED),
  TAKEN_OVER(ReasonCode.SESSION_TAKEN_OVER),
  /** A credential, device, key or tenant was revoked: no will is published. */
  REVOKED(ReasonCode.NOT_AUTHORIZED),
  ADMINISTRATIVE(ReasonCode.ADMINISTRATIVE_ACTION),
  QUEUE_FULL(ReasonCode.QUOTA_EXCEEDED),
  /** The client did not read for too long. */
  SLOW_READER(ReasonCode.QUOTA_EXCEEDED),
  /** A PUBLISH was not answered in time; the client sends it again (MESSAGING.md section 5.4). */
  STORAGE_UNAVAILABLE(ReasonCode.SERVER_BUSY),
  SERVER_SHUTDOWN(ReasonCode.SERVER_SHUTTING_DOWN),
  SERVER_ERROR(ReasonCode.UNSPECIFIED_ERROR);

  private final ReasonCode reasonCode;

  CloseReason(ReasonCode reasonCode) {
    this.reasonCode = reasonCode;
  }

  /** For the server's DISCONNECT in version 5. */
  public ReasonCode reasonCode() {
    return reasonCode;
  }
}
