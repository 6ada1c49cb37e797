package io.sallyport.mqtt.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a client's first TLS record until its turn in the {@link HelloLine} has come, then leaves.
 * Stands before TLS; a silent client is not in the line and so takes nothing from others.
 */
final class HelloGate extends ChannelInboundHandlerAdapter {
  private final Handshakes handshakes;
  private final ListenerTls tls;
  private final ListenMetrics metrics;
  private final InetAddress address;
  private final Visitor visitor;
  private @Nullable ByteBuf hello;
  private boolean inLine;

  HelloGate(
      Handshakes handshakes,
      ListenerTls tls,
      ListenMetrics metrics,
      InetAddress address,
      Visitor visitor) {
    this.handshakes = handshakes;
    this.tls = tls;
    this.metrics = metrics;
    this.address = address;
    this.visitor = visitor;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf more = (ByteBuf) message;
    ByteBuf before = hello;
    ByteBuf bytes =
        before == null
            ? more
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, more);
    hello = bytes;
    if (!inLine && ClientHello.isDecided(bytes)) {
      inLine = true;
      boolean comesBack =
          handshakes.knows(address)
              || ClientHello.ticket(bytes).filter(tls::isOurTicket).isPresent();
      metrics.helloCame(comesBack);
      ctx.channel().config().setAutoRead(false);
      visitor.waitsForUs(true);
      handshakes.line(ctx.channel().eventLoop()).add(comesBack, () -> goOn(ctx));
    }
  }

  private void goOn(ChannelHandlerContext ctx) {
    ByteBuf bytes = hello;
    if (bytes == null) {
      return; // Gone while it waited.
    }
    hello = null;
    visitor.waitsForUs(false);
    // First, since the handshake may end and the connection move on before this returns.
    ctx.channel().config().setAutoRead(true);
    ctx.fireChannelRead(bytes);
    ctx.fireChannelReadComplete();
    if (!ctx.isRemoved()) {
      ctx.pipeline().remove(this);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (hello == null) {
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    drop();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    drop();
  }

  private void drop() {
    if (hello != null) {
      hello.release();
      hello = null;
    }
  }
}
