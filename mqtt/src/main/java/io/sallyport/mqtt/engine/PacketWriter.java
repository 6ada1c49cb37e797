package io.sallyport.mqtt.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.codec.ConnAckProperties;
import io.sallyport.mqtt.codec.DisconnectProperties;
import io.sallyport.mqtt.codec.EncodedProperties;
import io.sallyport.mqtt.codec.MqttPacket;
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
  private static final int NOT_FOUND = ReasonCode.PACKET_IDENTIFIER_NOT_FOUND.code();

  private final Channel channel;
  private final LoopContext loop;
  private final TrafficCounts counts;
  private final EngineMetrics metrics;
  private @Nullable ByteBuf batch;
  private @Nullable List<Delivery> batchDeliveries;
  private int batchPackets;
  private int batchMessages;
  private boolean flushPosted;
  private int packetStart;
  private int packetBytesMax = Integer.MAX_VALUE;

  /** Set exactly if the client speaks it. */
  private @Nullable CopyWriter version5;

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

  /** From now on packets have the form of version 5, and are no larger than the client takes. */
  void speakVersion5(CopyWriter copies) {
    version5 = copies;
    packetBytesMax = copies.packetBytesMax();
  }

  boolean speaksVersion5() {
    return version5 != null;
  }

  void connAck(boolean sessionPresent, int returnCode) {
    PacketEncoder.connAck(begin(), sessionPresent, returnCode);
    end();
  }

  /** For a client of version 5; false when it does not take a packet as large as this. */
  boolean connAckOfVersion5(
      boolean sessionPresent, int reasonCode, ConnAckProperties properties, int bytesMax) {
    return encode(new MqttPacket.ConnAck(sessionPresent, reasonCode, properties), bytesMax);
  }

  /**
   * Of version 5.
   *
   * @param reason for people; left out when it does not fit or is not wanted
   */
  void disconnect(int reasonCode, @Nullable String reason) {
    DisconnectProperties properties =
        reason == null
            ? DisconnectProperties.NONE
            : new DisconnectProperties(DisconnectProperties.UNCHANGED, reason, null, List.of());
    var _ = encode(new MqttPacket.Disconnect(reasonCode, properties), packetBytesMax);
  }

  /**
   * @param reasonCode 0 in 3.x
   */
  void pubAck(int packetId, int reasonCode) {
    if (reasonCode == 0) {
      PacketEncoder.pubAck(begin(), packetId);
    } else {
      PacketEncoder.pubAck(begin(), packetId, reasonCode, EncodedProperties.NONE);
    }
    end();
  }

  /**
   * @param reasonCode 0 in 3.x
   */
  void pubRec(int packetId, int reasonCode) {
    if (reasonCode == 0) {
      PacketEncoder.pubRec(begin(), packetId);
    } else {
      PacketEncoder.pubRec(begin(), packetId, reasonCode, EncodedProperties.NONE);
    }
    end();
  }

  /**
   * @param known whether there is a flow with that id: only 5 can say that there is none
   */
  void pubRel(int packetId, boolean known) {
    if (known || version5 == null) {
      PacketEncoder.pubRel(begin(), packetId);
    } else {
      PacketEncoder.pubRel(begin(), packetId, NOT_FOUND, EncodedProperties.NONE);
    }
    end();
  }

  /**
   * @param known whether there is a flow with that id: only 5 can say that there is none
   */
  void pubComp(int packetId, boolean known) {
    if (known || version5 == null) {
      PacketEncoder.pubComp(begin(), packetId);
    } else {
      PacketEncoder.pubComp(begin(), packetId, NOT_FOUND, EncodedProperties.NONE);
    }
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
    CopyWriter copies = version5;
    if (copies == null) {
      PacketEncoder.publish(
          begin(), message.encoded(), message.qos(), message.retain(), duplicate, packetId);
    } else {
      copies.write(begin(), message, duplicate, packetId);
    }
    batchMessages++;
    end();
  }

  /** Whether the client takes a packet as large as this message makes. */
  boolean fits(Outgoing message) {
    return version5 == null || version5.fits(message);
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

  /** The connection has ended; what was written is flushed. */
  void finish() {
    flush();
    if (version5 != null) {
      version5.forget();
    }
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

  private boolean encode(MqttPacket packet, int bytesMax) {
    boolean fits = PacketEncoder.encodeWithin(bytesMax, packet, MqttVersion.V5, begin());
    if (fits) {
      end();
    } else {
      metrics.packetTooLarge();
    }
    return fits;
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
    packetStart = buffer.writerIndex();
    return buffer;
  }

  /** A packet that the client does not take is as if it had been sent [v5:MQTT-3.1.2-25]. */
  private void end() {
    ByteBuf buffer = batch;
    if (buffer != null && buffer.writerIndex() - packetStart > packetBytesMax) {
      buffer.writerIndex(packetStart);
      metrics.packetTooLarge();
      return;
    }
    batchPackets++;
    if (buffer != null
        && (batchPackets >= PACKETS_PER_FLUSH || buffer.readableBytes() >= BYTES_PER_FLUSH)) {
      flush();
    }
  }
}
