package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.CloseReason;
import java.time.Duration;

/**
 * How long a connection is waited for: one deadline in the loop's wheel, set to the earliest moment
 * at which anything could be late, and looked at again then. So a packet costs one assignment, not
 * a timer.
 */
final class Patience {
  private static final long NONE = Long.MIN_VALUE;

  private final Connection connection;
  private final LoopContext loop;
  private final MqttConfig.Timeouts timeouts;
  private final Deadline deadline = new Deadline(this::look);
  private long loginBy;
  private long keepAliveNanos;
  private long lastPacketNanos;
  private long partialSinceNanos = NONE;
  private long unwritableSinceNanos = NONE;
  private long drainBy = NONE;

  Patience(Connection connection, LoopContext loop, MqttConfig.Timeouts timeouts) {
    this.connection = connection;
    this.loop = loop;
    this.timeouts = timeouts;
  }

  void awaitConnect() {
    awaitLogin(timeouts.connect());
  }

  void awaitGate() {
    awaitLogin(timeouts.admission());
  }

  /**
   * @param first how long the session is not even asked for
   */
  void awaitSession(Duration first) {
    awaitLogin(timeouts.takeover().plus(first));
  }

  /**
   * @param keepAliveSeconds 0 for none
   */
  void open(int keepAliveSeconds) {
    keepAliveNanos = Duration.ofSeconds(keepAliveSeconds).multipliedBy(3).dividedBy(2).toNanos();
    lastPacketNanos = loop.nowNanos();
    if (keepAliveNanos > 0) {
      loop.deadlines().schedule(deadline, lastPacketNanos + keepAliveNanos);
    } else {
      loop.deadlines().cancel(deadline);
    }
  }

  /** A complete packet of any type: half a packet does not count [MQTT-3.1.2-24]. */
  void packetReceived(long nowNanos) {
    lastPacketNanos = nowNanos;
  }

  /**
   * After a read.
   *
   * @param partial whether it ended within a packet
   * @param packetCompleted whether that packet's first byte came with this read
   */
  void partialPacket(boolean partial, boolean packetCompleted, long nowNanos) {
    if (!partial) {
      partialSinceNanos = NONE;
    } else if (partialSinceNanos == NONE || packetCompleted) {
      partialSinceNanos = nowNanos;
      notLaterThan(nowNanos, timeouts.packet());
    }
  }

  /** We did not read, so the client could not be heard. */
  void readingResumed(long nowNanos) {
    lastPacketNanos = nowNanos;
    partialSinceNanos = NONE;
    if (keepAliveNanos > 0) {
      loop.deadlines().scheduleNoLater(deadline, nowNanos + keepAliveNanos);
    }
  }

  void answerExpected(long nowNanos) {
    notLaterThan(nowNanos, timeouts.answer());
  }

  void writable(boolean now) {
    if (now) {
      unwritableSinceNanos = NONE;
    } else if (unwritableSinceNanos == NONE) {
      unwritableSinceNanos = loop.nowNanos();
      notLaterThan(unwritableSinceNanos, timeouts.unwritable());
    }
  }

  void drainWithin(Duration grace) {
    drainBy = loop.nowNanos() + grace.toNanos();
    loop.deadlines().scheduleNoLater(deadline, drainBy);
  }

  void end() {
    loop.deadlines().cancel(deadline);
  }

  private void awaitLogin(Duration within) {
    loginBy = loop.nowNanos() + within.toNanos();
    loop.deadlines().schedule(deadline, loginBy);
  }

  private void notLaterThan(long nowNanos, Duration within) {
    loop.deadlines().scheduleNoLater(deadline, nowNanos + within.toNanos());
  }

  private void look(long nowNanos) {
    switch (connection.state()) {
      case AWAITING_CONNECT, ADMITTING -> {
        if (nowNanos - loginBy >= 0) {
          connection.loginLate();
        } else {
          loop.deadlines().schedule(deadline, loginBy);
        }
      }
      case OPEN -> lookAtOpen(nowNanos);
      case CLOSED -> {}
    }
  }

  private void lookAtOpen(long nowNanos) {
    long next = Long.MAX_VALUE;
    boolean reading = !connection.isPaused();
    if (drainBy != NONE) {
      next = left(nowNanos, drainBy, Duration.ZERO, next, CloseReason.SERVER_SHUTDOWN);
    }
    if (reading && keepAliveNanos > 0) {
      next =
          left(
              nowNanos,
              lastPacketNanos + keepAliveNanos,
              Duration.ZERO,
              next,
              CloseReason.KEEP_ALIVE_TIMEOUT);
    }
    if (reading && partialSinceNanos != NONE) {
      next = left(nowNanos, partialSinceNanos, timeouts.packet(), next, CloseReason.NO_DATA);
    }
    if (unwritableSinceNanos != NONE) {
      next =
          left(
              nowNanos, unwritableSinceNanos, timeouts.unwritable(), next, CloseReason.SLOW_READER);
    }
    if (connection.hasUnanswered()) {
      next =
          left(
              nowNanos,
              connection.oldestUnansweredNanos(nowNanos),
              timeouts.answer(),
              next,
              CloseReason.STORAGE_UNAVAILABLE);
    }
    if (next != Long.MAX_VALUE && !connection.isClosed()) {
      loop.deadlines().schedule(deadline, nowNanos + next);
    }
  }

  /** What is left until {@code since + within}, at most {@code before}; closes when it is over. */
  private long left(long nowNanos, long since, Duration within, long before, CloseReason reason) {
    long left = since + within.toNanos() - nowNanos;
    if (left <= 0) {
      connection.close(reason); // Of several reasons the first one stands.
      return before;
    }
    return Math.min(before, left);
  }
}
