package io.sallyport.mqtt;

import java.util.Optional;

/**
 * A well-formed CONNECT.
 *
 * @param clientId may be empty (the gate names the session then)
 * @param cleanStart clean session of 3.x
 * @param keepAliveSeconds 0 to 65,535, 0 switches it off
 * @param will the will message, syntactically valid, not yet authorised
 */
public record ConnectRequest(
    MqttVersion version,
    String clientId,
    boolean cleanStart,
    int keepAliveSeconds,
    Optional<Message> will,
    Optional<String> userName,
    Optional<Password> password,
    ConnectionInfo connection) {}
