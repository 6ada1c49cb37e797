package io.sallyport.mqtt.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.codec.EncodedProperties;
import io.sallyport.mqtt.codec.PacketEncoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way to one socket. Packets gather in one buffer, which is written and flushed at the end of
 * the read batch or loop turn, after {@link #PACKETS_PER_FLUSH} packets or {@link #BYTES_PER_FLUSH}
 * bytes (MESSAGING.md section 4). Used on the connection's loop only.
 */
final class PacketWriter {
  private static final int PACKETS_PER_FLUSH = 128;
  private static final int BYTES_PER_FLUSH = 16 * 1024;
  private static final int BUFFER_BYTES = 512;

  private final Channel channel;
  private final LoopContext loop;
  private final TrafficCounts counts;
  private final EngineMetrics metrics;
  private @Nullable ByteBuf batch;
  private @Nullable List<Delivery> batchDeliveries;
  private int batchPackets;
  private int batchMessages;
  private boolean flushPosted;

  PacketWriter(Channel channel, LoopContext loop, TrafficCounts counts, EngineMetrics metrics) {
    this.channel = channel;
    this.loop = loop;
    this.counts = counts;
    this.metrics = metrics;
  }

  /** Whether the client keeps up with what is sent; gates QoS 0 too. */
  boolean isWritable() {
    return channel.isWritable();
  }

  void connAck(boolean sessionPresent, int returnCode) {
    PacketEncoder.connAck(begin(), sessionPresent, returnCode);
    end();
  }

  void connAckOfVersion5(int reasonCode) {
    PacketEncoder.connAck(begin(), false, reasonCode, EncodedProperties.NONE);
    end();
  }

  void pubAck(int packetId) {
    PacketEncoder.pubAck(begin(), packetId);
    end();
  }

  void pubRec(int packetId) {
    PacketEncoder.pubRec(begin(), packetId);
    end();
  }

  void pubRel(int packetId) {
    PacketEncoder.pubRel(begin(), packetId);
    end();
  }

  void pubComp(int packetId) {
    PacketEncoder.pubComp(begin(), packetId);
    end();
  }

  void subAck(MqttVersion version, int packetId, List<Integer> codes) {
    if (version == MqttVersion.V5) {
      PacketEncoder.subAck(begin(), packetId, codes, EncodedProperties.NONE);
    } else {
      PacketEncoder.subAck(begin(), packetId, codes);
    }
    end();
  }

  /**
   * @param codes not written in 3.x
   */
  void unsubAck(MqttVersion version, int packetId, List<Integer> codes) {
    if (version == MqttVersion.V5) {
      PacketEncoder.unsubAck(begin(), packetId, codes, EncodedProperties.NONE);
    } else {
      PacketEncoder.unsubAck(begin(), packetId);
    }
    end();
  }

  void pingResp() {
    PacketEncoder.pingResp(begin());
    end();
  }

  /**
   * @param packetId ignored with QoS 0
   */
  void publish(Outgoing message, boolean duplicate, int packetId) {
    PacketEncoder.publish(
        begin(),
        message.topic(),
        message.message().payload(),
        message.qos(),
        message.retain(),
        duplicate,
        packetId);
    batchMessages++;
    end();
  }

  /** QoS 0: its delivery is told when the socket has taken it, or never will. */
  void publishOnce(Outgoing message) {
    if (!message.delivery().equals(Delivery.IGNORED)) {
      if (batchDeliveries == null) {
        batchDeliveries = new ArrayList<>();
      }
      batchDeliveries.add(message.delivery());
    }
    publish(message, false, 0);
  }

  /** The loop's turn has ended. */
  void flushPosted() {
    flushPosted = false;
    flush();
  }

  void flush() {
    ByteBuf buffer = batch;
    if (buffer == null) {
      return;
    }
    List<Delivery> deliveries = batchDeliveries;
    counts.written(buffer.readableBytes(), batchMessages);
    metrics.written(buffer.readableBytes(), batchMessages);
    batch = null;
    batchDeliveries = null;
    batchPackets = 0;
    batchMessages = 0;
    if (!channel.isActive()) { // Lingering: answers are awaited, but nobody reads them.
      buffer.release();
      if (deliveries != null) {
        deliveries.forEach(Delivery::dropped);
      }
    } else if (deliveries == null) {
      var _ = channel.writeAndFlush(buffer, channel.voidPromise());
    } else {
      channel.writeAndFlush(buffer).addListener((ChannelFuture done) -> tell(deliveries, done));
    }
  }

  private static void tell(List<Delivery> deliveries, ChannelFuture done) {
    for (Delivery delivery : deliveries) {
      if (done.isSuccess()) {
        delivery.delivered();
      } else {
        delivery.dropped();
      }
    }
  }

  private ByteBuf begin() {
    ByteBuf buffer = batch;
    if (buffer == null) {
      buffer = channel.alloc().ioBuffer(BUFFER_BYTES);
      batch = buffer;
      if (!flushPosted) {
        flushPosted = true;
        loop.flushLater(this);
      }
    }
    return buffer;
  }

  private void end() {
    batchPackets++;
    ByteBuf buffer = batch;
    if (buffer != null
        && (batchPackets >= PACKETS_PER_FLUSH || buffer.readableBytes() >= BYTES_PER_FLUSH)) {
      flush();
    }
  }
}
