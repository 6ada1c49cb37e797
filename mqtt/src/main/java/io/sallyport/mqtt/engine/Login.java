package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.MessageProperties.PayloadFormat;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.codec.Utf8Text;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * From CONNECT to CONNACK: asks the gate on another thread, then claims the session. Nothing else
 * is read from the connection meanwhile.
 */
final class Login {
  private final EngineContext engine;
  private final Connection connection;
  private final MqttPacket.Connect connect;

  Login(EngineContext engine, Connection connection, MqttPacket.Connect connect) {
    this.engine = engine;
    this.connection = connection;
    this.connect = connect;
  }

  void begin() {
    ConnectRefusal refusal = refusal();
    if (refusal != null) {
      connection.refuse(refusal);
      return;
    }
    connection.admitting();
    boolean version5 = connect.version() == MqttVersion.V5;
    long lasting = connect.cleanStart() ? 0 : ConnectRequest.NEVER_EXPIRES;
    ConnectRequest request =
        new ConnectRequest(
            connect.version(),
            connect.clientId(),
            connect.cleanStart(),
            connect.keepAliveSeconds(),
            Optional.ofNullable(connect.will()).map(MqttPacket.Will::message),
            Optional.ofNullable(connect.userName()),
            Optional.ofNullable(connect.password()),
            connection.info(),
            version5 ? connect.properties().sessionExpirySeconds() : lasting,
            connect.properties().userProperties(),
            connect.clientId().isEmpty() ? engine.freshClientIds().next() : connect.clientId());
    try {
      engine.gateExecutor().execute(() -> ask(request));
    } catch (RejectedExecutionException e) { // Full or shutting down: the client may try again.
      connection.refuse(ConnectRefusal.SERVER_UNAVAILABLE);
    }
  }

  /** On the claimant's loop: the session is here, unless another claim has come since. */
  void granted(Session session, SessionClaim claim, boolean sessionPresent) {
    if (!session.owner().inLoop() || session.claimNumber() != claim.number()) {
      lost();
      return;
    }
    if (connection.state() != ConnectionState.ADMITTING) {
      if (sessionPresent) {
        session.abandonedByClaimant();
      } else {
        session.end();
      }
      return;
    }
    session.prepare(
        claim, connect.will(), received -> prepared(session, claim, sessionPresent, received));
  }

  /**
   * On the claimant's loop: the session's record is stored.
   *
   * @param received messages from before a restart; null when it could not be stored
   */
  private void prepared(
      Session session, SessionClaim claim, boolean sessionPresent, @Nullable Received received) {
    if (!session.owner().inLoop() || session.claimNumber() != claim.number()) {
      lost();
      return;
    }
    if (received == null && isWaiting()) {
      connection.refuse(ConnectRefusal.SERVER_UNAVAILABLE);
    }
    if (received == null || !isWaiting()) {
      if (sessionPresent) {
        session.abandonedByClaimant();
      } else {
        session.end();
      }
      return;
    }
    try {
      session.takeReceived(connection, received);
      connection.open(session, claim, sessionPresent, connect);
    } catch (RuntimeException e) {
      engine.faults().report("A connection could not be opened", e);
      connection.close(CloseReason.SERVER_ERROR);
    }
  }

  /** On the claimant's loop: a later CONNECT of the same client has won. */
  void lost() {
    connection.close(CloseReason.TAKEN_OVER);
  }

  boolean isWaiting() {
    return connection.state() == ConnectionState.ADMITTING;
  }

  /** The owner or the scope has as many sessions as it may. */
  void refusedForQuota() {
    connection.refuse(ConnectRefusal.QUOTA_EXCEEDED);
  }

  /** What no gate need be asked about; null when there is nothing. */
  private @Nullable ConnectRefusal refusal() {
    if (connect.properties().authentication() != null) {
      return ConnectRefusal.AUTHENTICATION_METHOD;
    }
    if (!clientIdAllowed()) {
      return ConnectRefusal.CLIENT_ID_NOT_VALID;
    }
    MqttPacket.Will will = connect.will();
    boolean garbled =
        will != null
            && will.message().properties().payloadFormat() == PayloadFormat.UTF_8
            && !Utf8Text.isUtf8(will.message().payload());
    return garbled ? ConnectRefusal.WILL_PAYLOAD_FORMAT : null;
  }

  /**
   * [v3:MQTT-3.1.3-8]: an empty id only with clean session, and not at all in 3.1; in 5 always
   * [v5:MQTT-3.1.3-6].
   */
  private boolean clientIdAllowed() {
    String clientId = connect.clientId();
    if (clientId.isEmpty()) {
      return switch (connect.version()) {
        case V3_1 -> false;
        case V3_1_1 -> connect.cleanStart();
        case V5 -> true;
      };
    }
    return clientId.getBytes(StandardCharsets.UTF_8).length
        <= engine.config().logins().clientIdBytesMax();
  }

  /** On the gate's thread. */
  private void ask(ConnectRequest request) {
    Admission admission;
    try {
      admission = engine.gate().admit(request);
    } catch (RuntimeException e) {
      engine.faults().report("The gate failed", e);
      admission = new Admission.Refused(ConnectRefusal.SERVER_UNAVAILABLE);
    }
    Admission answer = admission;
    connection.loop().post(() -> answered(answer));
  }

  private void answered(Admission admission) {
    switch (admission) {
      case Admission.Refused refused -> connection.refuse(refused.reason());
      case Admission.Admitted admitted -> {
        if (!isWaiting()) {
          connection.tellLateBinding(admitted.binding());
          return;
        }
        Duration delay = delay(admitted.session());
        connection.admitted(admitted, delay);
        ConnectRefusal refusal = refusal(admitted);
        if (refusal != null) {
          connection.refuse(refusal);
        } else if (delay.isPositive()) {
          LoopContext loop = connection.loop();
          Deadline over = new Deadline(_ -> claim(admitted));
          loop.deadlines().schedule(over, loop.nowNanos() + delay.toNanos());
        } else {
          claim(admitted);
        }
      }
    }
  }

  /** Of two clients that keep taking one session over, the one that comes back waits. */
  private Duration delay(SessionKey key) {
    Session present = engine.sessions().find(key);
    return present != null && present.isConnected()
        ? engine.takeovers().delay(key, connection.loop().nowNanos())
        : Duration.ZERO;
  }

  /** A will that goes beyond what this client is offered (MQTT 5 §3.2.2.3.4, §3.2.2.3.5). */
  private @Nullable ConnectRefusal refusal(Admission.Admitted admitted) {
    MqttPacket.Will will = connect.will();
    if (will == null || connect.version() != MqttVersion.V5) {
      return null;
    }
    ClientLimits.Offer offer = admitted.limits().offer();
    if (will.message().qos().level() > offer.qosMax().level()) {
      return ConnectRefusal.WILL_QOS;
    }
    return will.message().retained() && !offer.retainAvailable()
        ? ConnectRefusal.WILL_RETAIN
        : null;
  }

  private void claim(Admission.Admitted admitted) {
    engine
        .sessions()
        .claim(
            engine,
            new SessionClaim(
                engine.sessions().nextClaimNumber(),
                this,
                connection.loop(),
                admitted,
                connect.cleanStart(),
                keepFor(admitted.limits())));
  }

  /** What the client asks for within what it may: MESSAGING.md section 8, "expiry". */
  private Duration keepFor(ClientLimits limits) {
    if (connect.version() != MqttVersion.V5) {
      return connect.cleanStart() ? Duration.ZERO : connection.expiryMax(limits);
    }
    Duration asked = Duration.ofSeconds(connect.properties().sessionExpirySeconds());
    Duration most = connection.expiryMax(limits);
    return asked.compareTo(most) < 0 ? asked : most;
  }
}
