package io.sallyport.watson.messaging;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Outbound;
import io.sallyport.platform.device.ConnectionDetails;
import io.sallyport.platform.device.LiveConnection;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.identity.Principal;
import io.sallyport.watson.status.StatusBoard;
import io.sallyport.watson.status.StatusSubject;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What all bindings share of one connection: who it is, the way out, its place among the live
 * connections, its status messages. Thread-safe.
 */
final class LiveClient implements LiveConnection {
  private final Principal.OfTenant principal;
  private final StatusSubject subject;
  private final ConnectionInfo connection;
  private final MqttVersion version;
  private final StatusBoard board;

  private volatile @Nullable Outbound outbound;
  private volatile LiveConnections.@Nullable Registration registration;
  private volatile boolean revoked;

  LiveClient(
      Principal.OfTenant principal,
      StatusSubject subject,
      ConnectionInfo connection,
      MqttVersion version,
      StatusBoard board) {
    this.principal = principal;
    this.subject = subject;
    this.connection = connection;
    this.version = version;
    this.board = board;
  }

  @Override
  public Principal.OfTenant principal() {
    return principal;
  }

  @Override
  public Optional<ConnectionDetails> details() {
    Outbound out = outbound;
    return out == null
        ? Optional.empty()
        : Optional.of(
            new ConnectionDetails(
                Instant.ofEpochMilli(out.stats().connectedAtMillis()),
                connection.remote().getAddress().getHostAddress(),
                connection.secure(),
                "watson",
                subject.clientId()));
  }

  String clientId() {
    return subject.clientId();
  }

  /** Where refusals of this connection count from. */
  String source() {
    return subject.clientId();
  }

  void registered(LiveConnections.Registration place) {
    registration = place;
  }

  @Override
  public void closeRevoked() {
    revoked = true;
    Outbound out = outbound;
    if (out != null) {
      out.close(CloseReason.REVOKED);
    }
  }

  boolean revoked() {
    return revoked;
  }

  void opened(Outbound out) {
    outbound = out;
    // A revocation between login and here found no way out: written after, read after.
    if (revoked) {
      out.close(CloseReason.REVOKED);
      return;
    }
    board.connected(subject, connection, version, out.stats());
  }

  void closed(CloseReason reason, ConnectionStats stats) {
    withdraw();
    if (outbound != null) {
      board.disconnected(subject, connection, version, stats, reason);
    }
  }

  /** Takes the connection out of the live ones. */
  void withdraw() {
    LiveConnections.Registration place = registration;
    if (place != null) {
      place.close();
    }
  }

  void send(Message message, Delivery delivery) {
    Outbound out = outbound;
    if (out == null || revoked) {
      delivery.dropped();
    } else {
      out.send(message, delivery);
    }
  }
}
