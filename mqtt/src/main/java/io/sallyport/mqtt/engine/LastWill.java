package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.codec.MqttPacket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The will of a session: published once, when its connection has ended without the client's leave,
 * at once or when its delay is over (MQTT 5 §3.1.3.2.2). Belongs to the session's loop.
 */
final class LastWill {
  private final EngineContext engine;
  private final Runnable published;
  private MqttPacket.@Nullable Will will;

  /** Of the client whose will it is, as its contract named it. */
  private String login = "";

  private long dueAtMillis;
  private @Nullable Deadline deadline;

  /**
   * @param published told when its delay is over and it has been published
   */
  LastWill(EngineContext engine, Runnable published) {
    this.engine = engine;
    this.published = published;
  }

  /** What the session holds at the moment: part of what a durable session must keep. */
  MqttPacket.@Nullable Will held() {
    return will;
  }

  String login() {
    return login;
  }

  /** When it is to be published; 0 while its connection is open, or when there is none. */
  long dueAtMillis() {
    return dueAtMillis;
  }

  /** A connection has opened: its will replaces one that waits [v5:MQTT-3.1.3-9]. */
  void replace(MqttPacket.@Nullable Will another, String itsLogin, LoopContext loop) {
    discard(loop);
    will = another;
    login = itsLogin;
  }

  /** As it was before a restart. */
  void restore(MqttPacket.Will kept, String itsLogin, long dueMillis) {
    will = kept;
    login = itsLogin;
    dueAtMillis = dueMillis;
  }

  /** It is not published any more. */
  void discard(LoopContext loop) {
    disarm(loop);
    will = null;
    dueAtMillis = 0;
  }

  /** The connection has ended, and not as DISCONNECT would have it. */
  void connectionLost(ClientBinding binding, boolean sessionEnds) {
    MqttPacket.Will present = will;
    if (present == null) {
      return;
    }
    if (present.delaySeconds() == 0 || sessionEnds) { // [v5:MQTT-3.1.2-8]: whichever is earlier.
      publish(binding);
    } else {
      dueAtMillis = engine.clock().millis() + present.delaySeconds() * 1_000;
    }
  }

  /**
   * After a restart: when the connection ended, as far as is known.
   *
   * @param sessionEndsMillis 0 for never
   */
  void cutOffAt(long millis, long sessionEndsMillis) {
    MqttPacket.Will present = will;
    if (present != null) {
      long due = millis + present.delaySeconds() * 1_000;
      dueAtMillis = sessionEndsMillis == 0 ? due : Math.min(due, sessionEndsMillis);
    }
  }

  /** The session waits without a connection. */
  void arm(ClientBinding binding, LoopContext loop) {
    if (will == null || dueAtMillis == 0) {
      return;
    }
    disarm(loop);
    Deadline due =
        new Deadline(_ -> {
          deadline = null;
          engine.metrics().delayedWills().decrementAndGet();
          publish(binding);
          published.run();
        });
    deadline = due;
    engine.metrics().delayedWills().incrementAndGet();
    long left = Math.max(0, dueAtMillis - engine.clock().millis());
    loop.deadlines().schedule(due, loop.nowNanos() + Duration.ofMillis(left).toNanos());
  }

  /** The session moves to another loop, or ends. */
  void disarm(LoopContext loop) {
    Deadline due = deadline;
    if (due != null) {
      deadline = null;
      loop.deadlines().cancel(due);
      engine.metrics().delayedWills().decrementAndGet();
    }
  }

  /** Now, if it has not been. Its expiry counts from here, MQTT 5 §3.1.3.2.4. */
  void publish(ClientBinding binding) {
    MqttPacket.Will present = will;
    will = null;
    dueAtMillis = 0;
    if (present != null) {
      Message message = present.message();
      Message dated =
          message.properties().expires()
              ? message.expiringAt(
                  engine.clock().millis() + message.properties().expirySeconds() * 1_000)
              : message;
      engine.guard(() -> binding.publishWill(dated));
    }
  }
}
