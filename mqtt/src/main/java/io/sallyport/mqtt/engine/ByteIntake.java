package io.sallyport.mqtt.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.codec.Decoded;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.codec.PacketDecoder;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The Netty end of a connection: gathers bytes, hands over packets, and stops in the middle of a
 * buffer, reading no more, while the connection is paused.
 */
final class ByteIntake extends ChannelInboundHandlerAdapter {
  /** Well above what the outflow leaves unwritten, so that only answers can reach it. */
  private static final long UNREAD_BYTES_MAX = 512 * 1024;

  /**
   * Packets are handled for so long without a break, then other clients of the loop have their
   * turn: a buffer may hold thousands of small ones, and some cost far more than their bytes.
   */
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final Connection connection;
  private final Channel channel;
  private final PacketDecoder decoder;
  private final FaultLog faults;
  private final Set<Connection.Pause> pauses = EnumSet.noneOf(Connection.Pause.class);
  private ByteBuf buffered = Unpooled.EMPTY_BUFFER;
  private boolean decoding;
  private boolean packetCompleted;
  private boolean inputEnded;

  ByteIntake(Connection connection, Channel channel, PacketDecoder decoder, FaultLog faults) {
    this.connection = connection;
    this.channel = channel;
    this.decoder = decoder;
    this.faults = faults;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (connection.isClosed()) {
      in.release();
      return;
    }
    connection.countRead(in.readableBytes());
    if (buffered.isReadable()) {
      // Grows with the bytes that have come, not with the length a packet declares.
      buffered = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), buffered, in);
    } else {
      buffered.release();
      buffered = in;
    }
    decodeBuffered();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    connection.writer().flush();
    // Who sends and does not read its acknowledgements must not pile them up here.
    if (channel.bytesBeforeWritable() > UNREAD_BYTES_MAX && connection.isOpen()) {
      pause(Connection.Pause.UNREAD);
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    connection.writabilityChanged();
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inputEnded = true;
    // Packets already received still count, a DISCONNECT among them above all.
    boolean lingers = connection.isOpen() && !pauses.isEmpty() && buffered.isReadable();
    if (!lingers) {
      connection.close(CloseReason.CONNECTION_LOST);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A broken socket, or a broken TLS record, which comes wrapped: the stranger's affair, not
    // ours.
    if (!(cause instanceof IOException) && !(cause.getCause() instanceof IOException)) {
      faults.report("A connection failed", cause);
    }
    connection.close(CloseReason.CONNECTION_LOST);
  }

  boolean isPaused() {
    return !pauses.isEmpty();
  }

  boolean isPausedFor(Connection.Pause reason) {
    return pauses.contains(reason);
  }

  void pause(Connection.Pause reason) {
    if (pauses.add(reason) && pauses.size() == 1) {
      channel.config().setAutoRead(false);
    }
  }

  void resume(Connection.Pause reason) {
    if (!pauses.remove(reason) || !pauses.isEmpty()) {
      return;
    }
    connection.readingResumed();
    decodeBuffered();
    if (pauses.isEmpty() && !inputEnded && !connection.isClosed()) {
      channel.config().setAutoRead(true);
    }
  }

  /** The connection has ended. */
  void discard() {
    buffered.release();
    buffered = Unpooled.EMPTY_BUFFER;
  }

  private void decodeBuffered() {
    if (decoding) { // Resumed from within: the loop below goes on by itself.
      return;
    }
    decoding = true;
    packetCompleted = false;
    try {
      boolean more = connection.goesOn();
      long begin = connection.loop().lookedAtNanos();
      while (more && pauses.isEmpty()) {
        more = decodeOne() && connection.goesOn();
        if (more && connection.loop().lookedAtNanos() - begin > TURN_NANOS) {
          endTurn();
        }
      }
    } catch (RuntimeException e) {
      faults.report("A packet could not be handled", e);
      connection.close(CloseReason.SERVER_ERROR);
    } finally {
      decoding = false;
    }
    if (connection.isClosed()) {
      return;
    }
    if (!buffered.isReadable()) {
      discard();
    } else if (buffered.refCnt() == 1) { // Else a stream without gaps would grow it for ever.
      buffered.discardSomeReadBytes();
    }
    if (pauses.isEmpty()) {
      connection.readEnded(buffered.isReadable(), packetCompleted);
      if (inputEnded) {
        connection.close(CloseReason.CONNECTION_LOST);
      }
    }
  }

  private void endTurn() {
    if (pauses.isEmpty()) {
      pause(Connection.Pause.TURN);
      connection
          .loop()
          .postpone(() -> {
            if (!connection.isClosed()) {
              resume(Connection.Pause.TURN);
            }
          });
    }
  }

  private boolean decodeOne() {
    switch (decoder.decode(buffered)) {
      case MqttPacket packet -> {
        packetCompleted = true;
        connection.received(packet);
      }
      case Decoded.Incomplete _ -> {
        return false;
      }
      case Decoded.Malformed malformed -> connection.malformed(malformed.cause());
      case Decoded.UnsupportedVersion _ -> connection.refuseVersion();
    }
    return true;
  }
}
