package io.sallyport.mqtt;

/** Why a connection ended. Contracts map these to their own codes. */
public enum CloseReason {
  /** DISCONNECT from the client. */
  CLIENT_DISCONNECTED,
  /** The socket closed or broke without DISCONNECT. */
  CONNECTION_LOST,
  KEEP_ALIVE_TIMEOUT,
  /** Login, packet or handshake not complete in time. */
  NO_DATA,
  PROTOCOL_ERROR,
  MALFORMED_PACKET,
  PACKET_TOO_LARGE,
  FIRST_PACKET_TOO_LARGE,
  TOPIC_NOT_VALID,
  NOT_AUTHORIZED,
  TOO_MANY_SUBSCRIPTIONS,
  TAKEN_OVER,
  /** A credential, device, key or tenant was revoked: no will is published. */
  REVOKED,
  ADMINISTRATIVE,
  QUEUE_FULL,
  /** The client did not read for too long. */
  SLOW_READER,
  STORAGE_UNAVAILABLE,
  SERVER_SHUTDOWN,
  SERVER_ERROR
}
