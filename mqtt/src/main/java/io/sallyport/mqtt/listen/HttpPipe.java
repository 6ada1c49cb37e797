package io.sallyport.mqtt.listen;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.listen.ListenMetrics.Refusal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the bytes of one client connection to the servlet container and back, and understands
 * none of them. Both sockets belong to one event loop, so nothing here is guarded.
 *
 * <p>The order of things, each learnt from lost bytes:
 *
 * <ul>
 *   <li>What the client sends, its FIN included, is kept until the inner connection is open and the
 *       token is sent.
 *   <li>A side is read only while the other side's queue is below its high mark.
 *   <li>The client's FIN becomes a shut-down of the inner output, after the bytes before it. The
 *       container's FIN means that the answer is complete: it is flushed, then the client's side is
 *       closed. Neither side is ever closed bare because the other was.
 *   <li>Only a revocation cuts both sides with all that is on its way (THREATS T31).
 *   <li>After input shut-down auto-read is never switched on again: Netty's epoll would close the
 *       socket and lose the answer.
 * </ul>
 */
// A failed write or close ends the channel, and channelInactive sees to the rest.
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpPipe extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(HttpPipe.class);

  /** Between two tries while the container's accept queue is full. */
  private static final long REDIAL_MILLIS = 10;

  private final DoorwayListener listener;
  private final Visitor visitor;
  private final ConnectionInfo info;
  private final Deque<ByteBuf> waiting = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext client;
  private @Nullable Channel inner;
  private byte @Nullable [] token;
  private @Nullable Future<?> nextLook;
  private boolean clientEnded;
  private boolean answerEnded;
  private boolean farewell;
  private boolean over;

  HttpPipe(DoorwayListener listener, Visitor visitor, ConnectionInfo info) {
    this.listener = listener;
    this.visitor = visitor;
    this.info = info;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    client = ctx;
    listener.metrics().pipes().incrementAndGet();
    listener.pipes().add(ctx.channel());
    ctx.channel().config().setAutoRead(false);
    ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    ctx.channel().config().setWriteBufferWaterMark(waterMark());
    watchForSlowReader(ctx, 0, false);
    connect(ctx);
  }

  private WriteBufferWaterMark waterMark() {
    return new WriteBufferWaterMark(
        listener.shared().pipeLowWaterBytes(), listener.shared().pipeHighWaterBytes());
  }

  private void connect(ChannelHandlerContext ctx) {
    Optional<byte[]> opened = listener.hop().open(info, listener.config().http(), visitor::cut);
    if (opened.isEmpty()) {
      listener.metrics().refused(Refusal.HOP_FULL);
      ctx.close();
      return;
    }
    byte[] bytes = opened.get();
    token = bytes;
    long limitNanos = listener.shared().innerConnectTimeMax().toNanos();
    dial(ctx, bytes, System.nanoTime() + limitNanos);
  }

  private void dial(ChannelHandlerContext ctx, byte[] bytes, long deadlineNanos) {
    if (over) {
      return;
    }
    listener
        .transport()
        .innerBootstrap()
        .group(ctx.channel().eventLoop())
        .option(ChannelOption.AUTO_READ, false)
        // A failed write must not close the inner side: the container may have answered early and
        // hung up, and that answer still waits to be read.
        .option(ChannelOption.AUTO_CLOSE, false)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark())
        .handler(new InnerSide())
        .connect(listener.transport().innerAddress(listener.hop().address()))
        .addListener((ChannelFuture connected) -> dialled(ctx, connected, bytes, deadlineNanos));
  }

  private void dialled(
      ChannelHandlerContext ctx, ChannelFuture connected, byte[] bytes, long deadlineNanos) {
    if (connected.isSuccess()) {
      listener.hopReached();
      connected(connected.channel(), bytes);
    } else if (queueFull(connected.cause()) && System.nanoTime() - deadlineNanos < 0) {
      ctx.executor()
          .schedule(() -> dial(ctx, bytes, deadlineNanos), REDIAL_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      if (!over) {
        listener.metrics().refused(Refusal.HOP_UNREACHABLE);
        listener.hopMissed(connected.cause());
      }
      ctx.close();
    }
  }

  /** EAGAIN: a Unix domain socket does not wait for room in the accept queue, as TCP does. */
  private static boolean queueFull(Throwable cause) {
    return String.valueOf(cause.getMessage()).contains("temporarily unavailable");
  }

  private void connected(Channel opened, byte[] bytes) {
    if (over) {
      opened.close();
      return;
    }
    inner = opened;
    opened.write(Unpooled.wrappedBuffer(bytes));
    for (ByteBuf kept = waiting.poll(); kept != null; kept = waiting.poll()) {
      opened.write(kept);
    }
    opened.flush();
    if (clientEnded) {
      endRequest(opened);
    }
    readClientIfRoom();
    readInnerIfRoom();
  }

  // The client's side.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (farewell) {
      ReferenceCountUtil.release(message);
    } else if (inner == null) {
      waiting.add((ByteBuf) message);
    } else {
      inner.write(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (inner != null) {
      inner.flush();
      if (!inner.isWritable() && !farewell) {
        ctx.channel().config().setAutoRead(false);
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    readInnerIfRoom();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    // A close_notify ends the client's side as a FIN does.
    if (event == ChannelInputShutdownEvent.INSTANCE || event instanceof SslCloseCompletionEvent) {
      clientEnded();
    }
    ctx.fireUserEventTriggered(event);
  }

  private void clientEnded() {
    if (clientEnded) {
      return;
    }
    clientEnded = true;
    if (farewell && client != null) {
      client.close();
    } else if (inner != null) {
      endRequest(inner);
    }
  }

  private static void endRequest(Channel inner) {
    inner
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(flushed -> {
          if (inner.isActive()) {
            ((DuplexChannel) inner).shutdownOutput();
          }
        });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    finish();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    finish();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("{} connection {} closed: {}", info.listener(), info.id(), cause.toString());
    ctx.close();
  }

  private void finish() {
    if (over) {
      return;
    }
    over = true;
    if (nextLook != null) {
      nextLook.cancel(false);
    }
    listener.metrics().pipes().decrementAndGet();
    for (ByteBuf kept = waiting.poll(); kept != null; kept = waiting.poll()) {
      kept.release();
    }
    if (inner != null) {
      inner.close();
    }
    if (token != null) {
      listener.hop().abandon(token);
    }
  }

  // Reading by the room on the other side.

  private void readClientIfRoom() {
    ChannelHandlerContext ctx = client;
    if (ctx != null && inner != null && inner.isWritable()) {
      readOn(ctx.channel());
    }
  }

  private void readInnerIfRoom() {
    if (inner == null || client == null) {
      return;
    }
    if (client.channel().isWritable()) {
      readOn(inner);
    } else {
      inner.config().setAutoRead(false);
    }
  }

  private static void readOn(Channel channel) {
    if (channel.isActive() && !((DuplexChannel) channel).isInputShutdown()) {
      channel.config().setAutoRead(true);
    }
  }

  // The answer's end.

  private void answerEnded() {
    ChannelHandlerContext ctx = client;
    if (answerEnded || over || ctx == null) {
      return;
    }
    answerEnded = true;
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> sayFarewell(ctx));
  }

  /**
   * Ends our side, then reads on for a moment: closing a socket with unread bytes resets it, and a
   * reset destroys the answer that the client has not read yet (RFC 9112 §9.6).
   */
  private void sayFarewell(ChannelHandlerContext ctx) {
    if (clientEnded || !ctx.channel().isActive()) {
      ctx.close();
      return;
    }
    farewell = true;
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls == null) {
      shutDownOutput(ctx);
    } else {
      tls.closeOutbound().addListener(notified -> shutDownOutput(ctx));
    }
    readOn(ctx.channel());
    ctx.executor()
        .schedule(
            () -> ctx.close(),
            listener.shared().farewellTimeMax().toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static void shutDownOutput(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      ((DuplexChannel) ctx.channel()).shutdownOutput();
    }
  }

  /**
   * A client that lets its answer wait and takes less than the least rate of it is cut. The
   * container cannot see it: to it the pipe's buffers are the client.
   */
  private void watchForSlowReader(ChannelHandlerContext ctx, long takenBefore, boolean waited) {
    long millis = listener.shared().stallTimeMax().toMillis();
    long takenMin = listener.shared().answerBytesPerSecondMin() * millis / 1000;
    nextLook =
        ctx.executor()
            .schedule(
                () -> {
                  ChannelOutboundBuffer queue = ctx.channel().unsafe().outboundBuffer();
                  if (over || queue == null) {
                    return;
                  }
                  long waiting = queue.totalPendingWriteBytes();
                  long taken = visitor.writtenBytes() - waiting;
                  if (waited && waiting > 0 && taken - takenBefore < takenMin) {
                    listener.metrics().refused(Refusal.SLOW_READER);
                    visitor.giveWay();
                  } else {
                    watchForSlowReader(ctx, taken, waiting > 0);
                  }
                },
                millis,
                TimeUnit.MILLISECONDS);
  }

  /** The container's side. */
  private final class InnerSide extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (client == null || over) {
        ReferenceCountUtil.release(message);
      } else {
        client.write(message);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      if (client != null && !over) {
        client.flush();
        readInnerIfRoom();
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      readClientIfRoom();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        answerEnded();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      answerEnded();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      LOG.debug("inner side of connection {} closed: {}", info.id(), cause.toString());
      ctx.close();
    }
  }
}
