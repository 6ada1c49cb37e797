package io.sallyport.mqtt.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.sallyport.mqtt.listen.ListenMetrics.Refusal;
import io.sallyport.mqtt.listen.ListenMetrics.Stage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener: admits accepted sockets within its limits and gives each its first handlers. */
// A failed write or close ends the channel, and channelInactive sees to the rest.
@SuppressWarnings("FutureReturnValueIgnored")
final class DoorwayListener extends ChannelInitializer<Channel> {
  private static final Logger LOG = LoggerFactory.getLogger(DoorwayListener.class);

  /** A client whose turn it is to speak may take so long before it gives way to another. */
  private static final Duration QUIET_MIN = Duration.ofMillis(500);

  private final AtomicBoolean hopAway = new AtomicBoolean();
  private final ListenerConfig config;
  private final ListenConfig shared;
  private final @Nullable ListenerTls tls;
  private final MqttInlet inlet;
  private final HttpHop hop;
  private final Transport transport;
  private final ListenMetrics metrics;
  private final Handshakes handshakes;
  private final AtomicLong ids;
  private final ChannelGroup open;
  private final ChannelGroup pipes;
  private final Crowd pending;
  private final Crowd http;

  DoorwayListener(
      ListenerConfig config,
      ListenConfig shared,
      @Nullable ListenerTls tls,
      MqttInlet inlet,
      HttpHop hop,
      Transport transport,
      ListenMetrics metrics,
      Handshakes handshakes,
      AtomicLong ids,
      ChannelGroup open,
      ChannelGroup pipes) {
    this.config = config;
    this.shared = shared;
    this.tls = tls;
    this.inlet = inlet;
    this.hop = hop;
    this.transport = transport;
    this.metrics = metrics;
    this.handshakes = handshakes;
    this.ids = ids;
    this.open = open;
    this.pipes = pipes;
    ListenerConfig.Limits limits = config.limits();
    pending =
        new Crowd(limits.pendingMax(), limits.pendingPerAddressMax(), QUIET_MIN, System::nanoTime);
    http = new Crowd(limits.httpMax(), limits.httpPerAddressMax());
  }

  @Override
  protected void initChannel(Channel channel) {
    metrics.accepted();
    int connections = metrics.connections().incrementAndGet();
    channel.closeFuture().addListener(closed -> metrics.connections().decrementAndGet());
    if (connections > config.limits().connectionsMax()) {
      metrics.refused(Refusal.CONNECTIONS_MAX);
      channel.close();
      return;
    }
    if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
      channel.close(); // Gone before it was looked at.
      return;
    }
    open.add(channel);
    Visitor visitor = new Visitor(this, remote.getAddress());
    channel.pipeline().addLast(visitor);
    if (!channel.isActive()) {
      return; // There was no room.
    }
    ListenerTls encryption = tls;
    if (encryption != null) {
      channel
          .pipeline()
          .addLast(new HelloGate(handshakes, encryption, metrics, remote.getAddress(), visitor))
          .addLast(encryption.newHandler(channel.alloc()));
    }
    channel.pipeline().addLast(new Doorkeeper(this, visitor, ids.incrementAndGet()));
  }

  /** Says once that HTTP cannot get inside, until it can again. */
  void hopMissed(Throwable cause) {
    if (hopAway.compareAndSet(false, true)) {
      LOG.warn("{}: the HTTP server inside cannot be reached: {}", name(), cause.toString());
    }
  }

  void hopReached() {
    if (hopAway.get() && hopAway.compareAndSet(true, false)) {
      LOG.info("{}: the HTTP server inside can be reached again", name());
    }
  }

  String name() {
    return config.name();
  }

  ListenerConfig config() {
    return config;
  }

  ListenConfig shared() {
    return shared;
  }

  @Nullable ListenerTls tls() {
    return tls;
  }

  MqttInlet inlet() {
    return inlet;
  }

  HttpHop hop() {
    return hop;
  }

  Transport transport() {
    return transport;
  }

  /** Those who are in a stage now. */
  Crowd crowd(Stage stage) {
    return switch (stage) {
      case PENDING -> pending;
      case HTTP -> http;
    };
  }

  Handshakes handshakes() {
    return handshakes;
  }

  ListenMetrics metrics() {
    return metrics;
  }

  ChannelGroup pipes() {
    return pipes;
  }
}
