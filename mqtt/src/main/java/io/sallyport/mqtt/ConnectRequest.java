package io.sallyport.mqtt;

import java.util.List;
import java.util.Optional;

/**
 * A well-formed CONNECT.
 *
 * @param clientId may be empty (the gate names the session then)
 * @param cleanStart clean session of 3.x
 * @param keepAliveSeconds 0 to 65,535, 0 switches it off
 * @param will the will message, syntactically valid, not yet authorised
 * @param sessionExpirySeconds how long the session shall outlive its connection, before any limit:
 *     0 to {@link #NEVER_EXPIRES}; in 3.x one of these two, by clean session
 * @param userProperties of CONNECT, MQTT 5 §3.1.2.11.8
 * @param freshClientId a name that no client has ever had, for one that brings none: the gate puts
 *     it, or a longer one with it, into the session's key, and the client is told that
 *     [v5:MQTT-3.2.2-16]
 */
public record ConnectRequest(
    MqttVersion version,
    String clientId,
    boolean cleanStart,
    int keepAliveSeconds,
    Optional<Message> will,
    Optional<String> userName,
    Optional<Password> password,
    ConnectionInfo connection,
    long sessionExpirySeconds,
    List<UserProperty> userProperties,
    String freshClientId) {
  public static final long NEVER_EXPIRES = 0xFFFF_FFFFL;

  public ConnectRequest {
    userProperties = List.copyOf(userProperties);
  }

  /** As 3.x says it. */
  public ConnectRequest(
      MqttVersion version,
      String clientId,
      boolean cleanStart,
      int keepAliveSeconds,
      Optional<Message> will,
      Optional<String> userName,
      Optional<Password> password,
      ConnectionInfo connection) {
    this(
        version,
        clientId,
        cleanStart,
        keepAliveSeconds,
        will,
        userName,
        password,
        connection,
        cleanStart ? 0 : NEVER_EXPIRES,
        List.of(),
        clientId);
  }

  /** Whether the client wants its session to outlive the connection. */
  public boolean wantsLastingSession() {
    return sessionExpirySeconds > 0;
  }
}
