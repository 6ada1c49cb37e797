package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.codec.MqttPacket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

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
    if (!clientIdAllowed()) {
      connection.refuse(ConnectRefusal.CLIENT_ID_NOT_VALID);
      return;
    }
    connection.admitting();
    ConnectRequest request =
        new ConnectRequest(
            connect.version(),
            connect.clientId(),
            connect.cleanStart(),
            connect.keepAliveSeconds(),
            Optional.ofNullable(connect.will()).map(MqttPacket.Will::message),
            Optional.ofNullable(connect.userName()),
            Optional.ofNullable(connect.password()),
            connection.info());
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
    try {
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

  /** [MQTT-3.1.3-8]: an empty id only with clean session, and not at all in 3.1. */
  private boolean clientIdAllowed() {
    String clientId = connect.clientId();
    if (clientId.isEmpty()) {
      return connect.version() != MqttVersion.V3_1 && connect.cleanStart();
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
        connection.admitted(admitted);
        engine
            .sessions()
            .claim(
                engine,
                new SessionClaim(
                    engine.sessions().nextClaimNumber(),
                    this,
                    connection.loop(),
                    admitted,
                    connect.cleanStart()));
      }
    }
  }
}
