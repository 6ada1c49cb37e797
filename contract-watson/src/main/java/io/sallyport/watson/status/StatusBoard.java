package io.sallyport.watson.status;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.Router;
import io.sallyport.mqtt.Scope;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.watson.WatsonClientId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Publishes status messages (watson-iot.md section 6) at QoS 0: in full to the tenant's scope, and
 * without address and user to the masked one. Devices' Connect and Disconnect are retained; an
 * application's Connect is, and is cleared when it disconnects. Thread-safe; never blocks.
 */
public final class StatusBoard {
  static final Duration FAILED_CONNECT_INTERVAL = Duration.ofMinutes(1);
  static final int FAILED_CONNECTS_MAX = 100_000;

  private final Router router;
  private final ConnectionLog log;
  private final Clock clock;

  /** Which connection is the latest of a client: only its end may overwrite the retained state. */
  private final ConcurrentHashMap<StatusSubject, Long> latest = new ConcurrentHashMap<>();

  private final Cache<DeviceKey, Boolean> failedLately;

  public StatusBoard(Router router, ConnectionLog log, Clock clock) {
    this.router = router;
    this.log = log;
    this.clock = clock;
    this.failedLately =
        Caffeine.newBuilder()
            .maximumSize(FAILED_CONNECTS_MAX)
            .expireAfterWrite(FAILED_CONNECT_INTERVAL)
            .ticker(() -> Duration.ofMillis(clock.millis()).toNanos())
            .build();
  }

  public void connected(
      StatusSubject subject,
      ConnectionInfo connection,
      MqttVersion version,
      ConnectionStats stats) {
    Instant now = clock.instant();
    StatusMessage message =
        new StatusMessage("Connect", now, subject, connection, version, stats).user(user(subject));
    latest.compute(
        subject,
        (id, earlier) -> {
          publish(subject, message, true);
          return connection.id();
        });
    note(subject, now, "Connected from " + StatusMessage.address(connection));
  }

  public void disconnected(
      StatusSubject subject,
      ConnectionInfo connection,
      MqttVersion version,
      ConnectionStats stats,
      CloseReason reason) {
    Instant now = clock.instant();
    CloseCode code = CloseCode.of(reason);
    StatusMessage message =
        new StatusMessage("Disconnect", now, subject, connection, version, stats)
            .user(user(subject))
            .connectTime(stats.connectedAtMillis())
            .closed(code);
    latest.compute(
        subject,
        (id, current) -> {
          boolean wasLatest = current != null && current == connection.id();
          switch (subject) {
            case StatusSubject.OfDevice device -> publish(device, message, wasLatest);
            case StatusSubject.OfApplication application -> {
              if (wasLatest) {
                clear(application);
              }
              publish(application, message, false);
            }
          }
          return wasLatest ? null : current;
        });
    note(subject, now, "Disconnected, code " + code.code() + ": " + code.text());
  }

  /** A login to a registered device failed; told once per device and minute, without user. */
  public void connectFailed(
      StatusSubject.OfDevice subject,
      ConnectionInfo connection,
      MqttVersion version,
      CloseCode code) {
    if (failedLately.asMap().putIfAbsent(subject.key(), Boolean.TRUE) != null) {
      return;
    }
    Instant now = clock.instant();
    ConnectionStats none = new ConnectionStats(now.toEpochMilli(), 0, 0, 0, 0);
    publish(
        subject,
        new StatusMessage("FailedConnect", now, subject, connection, version, none).closed(code),
        false);
    note(subject, now, "Login failed from " + StatusMessage.address(connection));
  }

  /** A deleted or moved device leaves no retained status and no log behind (THREATS T36). */
  public void forget(int tenantNumber, DeviceKey device) {
    for (boolean gateway : new boolean[] {false, true}) {
      StatusSubject subject =
          new StatusSubject.OfDevice(device, WatsonClientId.of(device, gateway), tenantNumber);
      // Its connection may still be closing: no longer the latest, it retains nothing afterwards.
      latest.compute(
          subject,
          (key, connection) -> {
            router.clearRetained(WatsonScopes.full(tenantNumber), subject.topic());
            router.clearRetained(WatsonScopes.masked(tenantNumber), subject.topic());
            return null;
          });
    }
    log.forget(device);
  }

  /** A deleted tenant leaves nothing behind. */
  public void forgetTenant(int tenantNumber) {
    router.clearScope(WatsonScopes.full(tenantNumber));
    router.clearScope(WatsonScopes.masked(tenantNumber));
  }

  private void publish(StatusSubject subject, StatusMessage message, boolean retained) {
    Scope full = WatsonScopes.full(subject.tenantNumber());
    switch (subject) {
      case StatusSubject.OfDevice device -> {
        Scope masked = WatsonScopes.masked(device.tenantNumber());
        send(full, device, message.bytes(), StatusNote.FULL, retained);
        send(masked, device, message.maskedBytes(), StatusNote.MASKED, retained);
      }
      case StatusSubject.OfApplication application ->
          send(full, application, message.bytes(), StatusNote.FULL, retained);
    }
  }

  private void send(
      Scope scope, StatusSubject subject, byte[] payload, StatusNote note, boolean retained) {
    Message message = new Message(subject.topic(), payload, Qos.AT_MOST_ONCE, retained, note);
    if (retained) {
      router.routeRetained(scope, message);
    } else {
      router.route(scope, message);
    }
  }

  private void clear(StatusSubject.OfApplication application) {
    router.clearRetained(WatsonScopes.full(application.tenantNumber()), application.topic());
  }

  private void note(StatusSubject subject, Instant now, String text) {
    if (subject instanceof StatusSubject.OfDevice device) {
      log.add(device.key(), new ConnectionLog.Entry(now, text));
    }
  }

  private static String user(StatusSubject subject) {
    return switch (subject) {
      case StatusSubject.OfDevice device -> "use-token-auth";
      case StatusSubject.OfApplication application -> application.apiKey();
    };
  }
}
