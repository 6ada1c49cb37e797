package io.sallyport.simulator.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One MQTT 3.1.1 connection of the load generator: as little as possible per message, and all that
 * one turn of the event loop writes leaves in one go.
 *
 * <p>Belongs to its event loop: after {@link #opened()} all methods are called there.
 */
final class LoadClient extends ByteToMessageDecoder {
  private static final int KEEP_ALIVE_SECONDS = 1_200;
  private static final int PACKET_BYTES_MAX = 256 * 1024;
  private static final int NO_FRAME = -1;
  private static final int DUP = 0x08;

  private final LoadLogin login;
  private final LoadEvents events;
  private final CompletableFuture<LoadClient> opened = new CompletableFuture<>();
  private final CompletableFuture<Integer> granted = new CompletableFuture<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf pending;
  private int lastPacketId;

  LoadClient(LoadLogin login, LoadEvents events) {
    this.login = login;
    this.events = events;
  }

  /** Completes when the server accepted the login, fails when it refused or closed. */
  CompletableFuture<LoadClient> opened() {
    return opened;
  }

  /** Subscribes to one filter; completes with the QoS that was granted. */
  CompletableFuture<Integer> subscribe(String filter, int qos) {
    ChannelHandlerContext connection = connection();
    connection
        .executor()
        .execute(() -> {
          MqttEncoder.subscribe(buffer(), nextPacketId(), filter, qos);
          flushPending();
        });
    return granted;
  }

  /** Adds a publish to what {@link #flushPending} sends. */
  void publish(byte[] topic, int qos, byte[] payload) {
    MqttEncoder.publish(buffer(), topic, qos, qos == 0 ? 0 : nextPacketId(), payload);
  }

  /** Sends what was added since the last call, in one write. */
  void flushPending() {
    ByteBuf out = pending;
    if (out != null) {
      pending = null;
      ChannelHandlerContext connection = connection();
      // A failed write comes back through exceptionCaught, by the void promise.
      var _ = connection.writeAndFlush(out, connection.voidPromise());
    }
  }

  /** Whether the socket takes more without queueing in this process. */
  boolean writable() {
    return connection().channel().isWritable();
  }

  /** Ends the connection in order; completes when the socket is closed. */
  CompletableFuture<Void> close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    ChannelHandlerContext connection = connection();
    connection
        .executor()
        .execute(() -> {
          MqttEncoder.disconnect(buffer());
          flushPending();
          connection.close().addListener(done -> closed.complete(null));
        });
    return closed;
  }

  /** Ends the connection as a power cut does, without a word: by RST, and without TIME_WAIT. */
  void cut() {
    ChannelHandlerContext connection = connection();
    connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    // Past the TLS handler, which would say good-bye.
    connection.channel().unsafe().close(connection.channel().voidPromise());
  }

  /** Reads no more from the socket: what the server sends stays in buffers until they are full. */
  void stopReading() {
    connection().channel().config().setAutoRead(false);
  }

  /** This end of the connection. */
  InetSocketAddress localAddress() {
    return (InetSocketAddress) connection().channel().localAddress();
  }

  /** Whether the socket is connected. */
  boolean connected() {
    ChannelHandlerContext connection = context;
    return connection != null && connection.channel().isActive();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    if (context.pipeline().get(SslHandler.class) == null) {
      logIn();
    }
    super.channelActive(context);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        logIn();
      } else {
        opened.completeExceptionally(handshake.cause());
      }
    }
    super.userEventTriggered(context, event);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int start = in.readerIndex();
    int bodyBytes = bodyBytes(in);
    while (bodyBytes != NO_FRAME && in.readableBytes() >= bodyBytes) {
      int end = in.readerIndex() + bodyBytes;
      take(in.getUnsignedByte(start), in, end);
      in.readerIndex(end);
      start = end;
      bodyBytes = bodyBytes(in);
    }
    in.readerIndex(start);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    events.readComplete(this);
    flushPending();
    super.channelReadComplete(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    if (!opened.completeExceptionally(new IOException("closed before the login was answered"))) {
      events.closed(this);
    }
    granted.completeExceptionally(new IOException("closed"));
    super.channelInactive(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    opened.completeExceptionally(cause);
    var _ = context.close();
  }

  /** Steps over the fixed header and returns the length of the rest, or NO_FRAME when it lacks. */
  private static int bodyBytes(ByteBuf in) {
    int readable = in.readableBytes();
    int at = in.readerIndex();
    int length = 0;
    for (int i = 1; i <= 4 && i < readable; i++) {
      int digit = in.getUnsignedByte(at + i);
      length |= (digit & 0x7F) << (7 * (i - 1));
      if ((digit & 0x80) == 0) {
        if (length > PACKET_BYTES_MAX) {
          throw new CorruptedFrameException("a packet of " + length + " bytes");
        }
        in.readerIndex(at + i + 1);
        return length;
      }
    }
    if (readable > 4) {
      throw new CorruptedFrameException("a remaining length of more than four bytes");
    }
    return NO_FRAME;
  }

  private void take(int header, ByteBuf in, int end) {
    switch (header >>> 4) {
      case MqttEncoder.PUBLISH -> {
        int qos = (header >>> 1) & 3;
        in.skipBytes(in.readUnsignedShort());
        if (qos != 0) {
          MqttEncoder.puback(buffer(), in.readUnsignedShort());
        }
        events.received(this, in, end - in.readerIndex(), (header & DUP) != 0);
      }
      case MqttEncoder.PUBACK -> events.acknowledged(this);
      case MqttEncoder.CONNACK -> {
        in.skipBytes(1);
        int code = in.readUnsignedByte();
        if (code == 0) {
          opened.complete(this);
        } else {
          opened.completeExceptionally(
              new IOException(login.clientId() + " was refused with return code " + code));
        }
      }
      case MqttEncoder.SUBACK -> {
        in.skipBytes(2);
        granted.complete((int) in.readUnsignedByte());
      }
      default -> throw new CorruptedFrameException("packet type " + (header >>> 4));
    }
  }

  private void logIn() {
    MqttEncoder.connect(
        buffer(),
        login.clientId(),
        login.user(),
        login.password(),
        login.cleanSession(),
        KEEP_ALIVE_SECONDS);
    flushPending();
  }

  private ByteBuf buffer() {
    ByteBuf out = pending;
    if (out == null) {
      out = connection().alloc().ioBuffer(1024);
      pending = out;
    }
    return out;
  }

  private int nextPacketId() {
    lastPacketId = lastPacketId % 0xFFFF + 1;
    return lastPacketId;
  }

  private ChannelHandlerContext connection() {
    ChannelHandlerContext connection = context;
    if (connection == null) {
      throw new IllegalStateException("not connected yet");
    }
    return connection;
  }
}
