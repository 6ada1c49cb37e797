package io.sallyport.mqtt.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.sallyport.mqtt.listen.ListenMetrics.Refusal;
import io.sallyport.mqtt.listen.ListenMetrics.Stage;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection as long as the front answers for it: first while it has not shown what it speaks,
 * then as an HTTP one. Stands before TLS, so that it sees each byte as the network does. MQTT ones
 * leave when the engine takes them, which has limits of its own for clients without a login.
 */
// A failed close ends the channel all the same, and channelInactive sees to the rest.
@SuppressWarnings("FutureReturnValueIgnored")
final class Visitor extends ChannelDuplexHandler implements Crowd.Member {
  private final DoorwayListener listener;
  private final InetAddress address;
  private volatile long quietSinceNanos = System.nanoTime();
  private volatile boolean waitsForUs;
  private volatile @Nullable ChannelHandlerContext context;

  // Of the connection's event loop.
  private @Nullable Stage stage;
  private long writtenBytes;

  Visitor(DoorwayListener listener, InetAddress address) {
    this.listener = listener;
    this.address = address;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    enter(Stage.PENDING);
  }

  /** Before it changes loops: until it has arrived nobody may close it. */
  void departForWorker() {
    leave();
  }

  /** Not refused any more: the handshake has been paid for. */
  void arriveAtWorker() {
    stage = Stage.PENDING;
    listener.metrics().in(Stage.PENDING).incrementAndGet();
    listener.crowd(Stage.PENDING).rejoin(address, this);
  }

  /** It stands in a line of ours, or no more. */
  void waitsForUs(boolean now) {
    waitsForUs = now;
    quietSinceNanos = System.nanoTime();
  }

  @Override
  public boolean waitsForUs() {
    return waitsForUs;
  }

  /** Once it speaks HTTP. */
  void becomeHttp() {
    enter(Stage.HTTP);
  }

  private void enter(Stage next) {
    leave();
    switch (listener.crowd(next).join(address, this)) {
      case ADMITTED -> {}
      case MADE_ROOM -> listener.metrics().evicted(next);
      case REFUSED -> {
        listener.metrics().refused(Refusal.CROWDED);
        giveWay();
        return;
      }
    }
    stage = next;
    listener.metrics().in(next).incrementAndGet();
  }

  private void leave() {
    Stage left = stage;
    if (left != null) {
      stage = null;
      listener.metrics().in(left).decrementAndGet();
      listener.crowd(left).leave(address, this);
    }
  }

  /** What was handed to the socket's queue since the start, TLS included. */
  long writtenBytes() {
    return writtenBytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    quietSinceNanos = System.nanoTime();
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    quietSinceNanos = System.nanoTime();
    if (message instanceof ByteBuf bytes) {
      writtenBytes += bytes.readableBytes();
    }
    ctx.write(message, promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    leave();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    leave();
  }

  @Override
  public long quietSinceNanos() {
    return quietSinceNanos;
  }

  /**
   * Ends the connection for any thread, and drops what the client has not taken: what the system
   * holds for a slow one would else still be sent for minutes (THREATS T31).
   */
  void cut() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && !ctx.executor().isShuttingDown()) {
      ctx.executor()
          .execute(() -> {
            if (ctx.channel().isActive()) {
              ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
              ctx.close();
            }
          });
    }
  }

  /** Frees the descriptor now: a close through TLS waits for a client that takes no more bytes. */
  @Override
  public void giveWay() {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.close();
    }
  }
}
