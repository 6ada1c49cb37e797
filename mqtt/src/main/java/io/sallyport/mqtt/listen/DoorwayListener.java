package io.sallyport.mqtt.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.sallyport.mqtt.listen.ListenMetrics.Refusal;
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

  private final AtomicBoolean hopAway = new AtomicBoolean();
  private final ListenerConfig config;
  private final ListenConfig shared;
  private final @Nullable ListenerTls tls;
  private final MqttInlet inlet;
  private final HttpHop hop;
  private final Transport transport;
  private final ListenMetrics metrics;
  private final AtomicLong ids;
  private final ChannelGroup open;
  private final ChannelGroup pipes;

  DoorwayListener(
      ListenerConfig config,
      ListenConfig shared,
      @Nullable ListenerTls tls,
      MqttInlet inlet,
      HttpHop hop,
      Transport transport,
      ListenMetrics metrics,
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
    this.ids = ids;
    this.open = open;
    this.pipes = pipes;
  }

  @Override
  protected void initChannel(Channel channel) {
    metrics.accepted();
    int connections = metrics.connections().incrementAndGet();
    channel.closeFuture().addListener(closed -> metrics.connections().decrementAndGet());
    if (connections > config.connectionsMax()) {
      metrics.refused(Refusal.CONNECTIONS_MAX);
      channel.close();
      return;
    }
    if (metrics.pending().incrementAndGet() > config.pendingMax()) {
      metrics.pending().decrementAndGet();
      metrics.refused(Refusal.PENDING_MAX);
      channel.close();
      return;
    }
    open.add(channel);
    ListenerTls encryption = tls;
    if (encryption != null) {
      channel.pipeline().addLast(encryption.newHandler(channel.alloc()));
    }
    channel.pipeline().addLast(new Doorkeeper(this, ids.incrementAndGet()));
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

  ListenMetrics metrics() {
    return metrics;
  }

  ChannelGroup pipes() {
    return pipes;
  }
}
