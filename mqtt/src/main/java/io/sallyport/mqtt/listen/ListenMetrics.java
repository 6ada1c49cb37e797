package io.sallyport.mqtt.listen;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts of one listener. Names begin with {@code sallyport.listen}; the listener is a tag. */
final class ListenMetrics {

  /** Why a connection was closed by the front before it reached anybody. */
  enum Refusal {
    CONNECTIONS_MAX,
    /** Too many of its address, or of all, have not shown yet what they speak. */
    CROWDED,
    UNKNOWN_PROTOCOL,
    MQTT_NOT_HERE,
    HTTP_NOT_HERE,
    SILENT,
    HEAD_SLOW,
    WEBSOCKET_REQUEST,
    HOP_FULL,
    HOP_UNREACHABLE,
    SLOW_READER
  }

  /** What a connection is for the front while it answers for it. */
  enum Stage {
    /** It has not yet shown what it speaks. */
    PENDING,
    HTTP
  }

  private final MeterRegistry registry;
  private final String listener;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicInteger http = new AtomicInteger();
  private final AtomicInteger pipes = new AtomicInteger();
  private final Timer handshake;
  private final Counter acceptDelays;
  private final Counter hellosAgain;
  private final Counter hellosOfStrangers;

  ListenMetrics(MeterRegistry registry, String listener) {
    this.registry = registry;
    this.listener = listener;
    registry.gauge("sallyport.listen.connections", tags(), connections);
    registry.gauge("sallyport.listen.pending", tags(), pending);
    registry.gauge("sallyport.listen.http", tags(), http);
    registry.gauge("sallyport.listen.pipes", tags(), pipes);
    acceptDelays = registry.counter("sallyport.listen.accept.delays", tags());
    handshake = registry.timer("sallyport.listen.handshake", tags());
    String hellos = "sallyport.listen.hellos";
    hellosAgain = registry.counter(hellos, tags().and("line", "again"));
    hellosOfStrangers = registry.counter(hellos, tags().and("line", "strangers"));
  }

  private Tags tags() {
    return Tags.of("listener", listener);
  }

  /** Open connections, which the accept limit looks at. */
  AtomicInteger connections() {
    return connections;
  }

  /** Connections in a stage, those included that were told to go and have not gone yet. */
  AtomicInteger in(Stage stage) {
    return switch (stage) {
      case PENDING -> pending;
      case HTTP -> http;
    };
  }

  AtomicInteger pipes() {
    return pipes;
  }

  void accepted() {
    registry.counter("sallyport.listen.accepted", tags()).increment();
  }

  /** A connection had to go for another. */
  void evicted(Stage stage) {
    registry
        .counter(
            "sallyport.listen.evicted", tags().and("stage", stage.name().toLowerCase(Locale.ROOT)))
        .increment();
  }

  void acceptFailed() {
    registry.counter("sallyport.listen.accept.failures", tags()).increment();
  }

  /** More came than the listener takes in a moment: the next ones wait. */
  void acceptDelayed() {
    acceptDelays.increment();
  }

  void refused(Refusal reason) {
    registry
        .counter(
            "sallyport.listen.refused",
            tags().and("reason", reason.name().toLowerCase(Locale.ROOT)))
        .increment();
  }

  /** A handshake waits for its turn, in the line of those who come back or of strangers. */
  void helloCame(boolean comesBack) {
    (comesBack ? hellosAgain : hellosOfStrangers).increment();
  }

  void webSocketOpened() {
    registry.counter("sallyport.listen.websockets", tags()).increment();
  }

  /** A WebSocket was closed for what its client sent, with a code of RFC 6455 §7.4.1. */
  void webSocketFailed(int code) {
    registry
        .counter("sallyport.listen.websockets.failed", tags().and("code", Integer.toString(code)))
        .increment();
  }

  void handshakeDone(Duration time) {
    handshake.record(time);
    registry
        .counter("sallyport.listen.handshakes", tags().and("outcome", "ok", "reason", "none"))
        .increment();
  }

  void handshakeFailed(Throwable cause) {
    registry
        .counter(
            "sallyport.listen.handshakes", tags().and("outcome", "failed", "reason", reason(cause)))
        .increment();
  }

  private static String reason(Throwable cause) {
    if (cause instanceof SslHandshakeTimeoutException) {
      return "timeout";
    }
    for (@Nullable Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof NotSslRecordException) {
        return "not_tls";
      }
      if (t instanceof CertificateException) {
        return "client_certificate";
      }
      if (t instanceof ClosedChannelException) {
        return "closed";
      }
    }
    return "refused";
  }
}
