package io.sallyport.mqtt.listen;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.listen.ListenMetrics.Refusal;
import io.sallyport.mqtt.listen.WebSocketOpening.Decision;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stays with an accepted connection until its first bytes show what it speaks, then hands it on and
 * leaves. Belongs to the connection's event loop. A FIN before that closes the connection.
 */
// A failed write or close ends the channel, and channelInactive sees to the rest.
@SuppressWarnings("FutureReturnValueIgnored")
final class Doorkeeper extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);

  /** RFC 1035 §2.3.4; the name is a hint and goes into logs. */
  private static final int HOST_CHARS_MAX = 255;

  private final DoorwayListener listener;
  private final Visitor visitor;
  private final long id;
  private final long acceptedNanos = System.nanoTime();
  private @Nullable ByteBuf held;
  private @Nullable Future<?> deadline;

  /** Whether the whole head of the first request is awaited. */
  private boolean opening;

  private boolean leaving;

  /** Between two loops. */
  private boolean moving;

  /** What happened meanwhile, such as the client's close_notify, for whoever comes next. */
  private final List<Object> heldEvents = new ArrayList<>(0);

  private boolean piped;

  Doorkeeper(DoorwayListener listener, Visitor visitor, long id) {
    this.listener = listener;
    this.visitor = visitor;
    this.id = id;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (listener.tls() == null) {
      awaitFirstBytes(ctx);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (moving) {
      heldEvents.add(event);
      return;
    }
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        listener.metrics().handshakeDone(Duration.ofNanos(System.nanoTime() - acceptedNanos));
        departForWorker(ctx);
      } else {
        listener.metrics().handshakeFailed(handshake.cause());
        LOG.debug(
            "{} connection {}: no handshake: {}",
            listener.name(),
            id,
            handshake.cause().toString());
        ctx.close();
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  /**
   * Leaves the handshake loop. Netty carries the deregistration out when the pipeline is not at
   * work, and the new loop sees what has come in between; bytes that came with the handshake are
   * kept.
   */
  private void departForWorker(ChannelHandlerContext ctx) {
    Channel channel = ctx.channel();
    moving = true;
    visitor.departForWorker();
    channel.config().setAutoRead(false);
    // A FIN on the way must not close what may be an HTTP client that has said all it has to say.
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel
        .deregister()
        .addListener(left -> {
          EventLoop worker = listener.transport().workers().next();
          worker
              .register(channel)
              .addListener(arrived -> {
                if (arrived.isSuccess()) {
                  worker.execute(() -> arriveAtWorker(ctx));
                } else {
                  abandon(ctx); // Closed meanwhile; without a loop nobody was told.
                }
              });
        });
  }

  private void arriveAtWorker(ChannelHandlerContext ctx) {
    moving = false;
    if (!ctx.channel().isActive() || ctx.isRemoved()) {
      return;
    }
    visitor.arriveAtWorker();
    awaitFirstBytes(ctx);
    ctx.flush(); // A new registration does not know what the old one still had to write.
    boolean inputEnded = ((DuplexChannel) ctx.channel()).isInputShutdown();
    ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    if (!inputEnded) {
      ctx.channel().config().setAutoRead(true);
    }
    ByteBuf bytes = held;
    if (bytes != null) {
      held = null;
      channelRead(ctx, bytes);
      ctx.fireChannelReadComplete();
    }
    heldEvents.forEach(ctx::fireUserEventTriggered);
    heldEvents.clear();
    if (inputEnded && !piped) {
      ctx.close();
    }
  }

  private void abandon(ChannelHandlerContext ctx) {
    ctx.channel().close();
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls != null) {
      ctx.pipeline().remove(tls);
    }
    if (!ctx.isRemoved()) {
      ctx.pipeline().remove(this);
    }
  }

  private void awaitFirstBytes(ChannelHandlerContext ctx) {
    giveTime(ctx, listener.shared().sniffTimeMax(), Refusal.SILENT);
  }

  private void giveTime(ChannelHandlerContext ctx, Duration timeMax, Refusal otherwise) {
    settle();
    deadline =
        ctx.executor()
            .schedule(() -> refuse(ctx, otherwise), timeMax.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (leaving) {
      ((ByteBuf) message).release();
      return;
    }
    ByteBuf bytes = gather(ctx, (ByteBuf) message);
    if (moving) {
      return;
    }
    if (opening) {
      awaitHead(ctx, bytes);
      return;
    }
    switch (FirstBytes.of(bytes)) {
      case MORE -> {}
      case UNKNOWN -> refuse(ctx, Refusal.UNKNOWN_PROTOCOL);
      case MQTT -> {
        if (listener.config().mqtt()) {
          toEngine(ctx, info(ctx, false));
        } else {
          refuse(ctx, Refusal.MQTT_NOT_HERE);
        }
      }
      case HTTP -> {
        if (listener.config().http() == HttpPolicy.NONE) {
          refuse(ctx, Refusal.HTTP_NOT_HERE);
        } else if (!listener.config().mqtt()) {
          toPipe(ctx);
        } else {
          switch (WebSocketOpening.candidate(bytes)) {
            case NO -> toPipe(ctx);
            case MORE -> {}
            case YES -> {
              opening = true;
              giveTime(ctx, webSocket().openTimeMax(), Refusal.HEAD_SLOW);
              awaitHead(ctx, bytes);
            }
          }
        }
      }
    }
  }

  private void toEngine(ChannelHandlerContext ctx, ConnectionInfo info) {
    passOn(
        ctx,
        pipeline -> {
          pipeline.remove(visitor);
          listener.inlet().install(pipeline, info);
          rememberAtEnd(ctx.channel(), info.remote().getAddress());
        });
  }

  private void rememberAtEnd(Channel channel, InetAddress address) {
    Handshakes handshakes = listener.handshakes();
    long sinceNanos = System.nanoTime();
    channel
        .closeFuture()
        .addListener(closed -> handshakes.stayed(address, System.nanoTime() - sinceNanos));
  }

  private void toPipe(ChannelHandlerContext ctx) {
    piped = true;
    passOn(
        ctx,
        pipeline -> {
          visitor.becomeHttp();
          pipeline.addLast(new HttpPipe(listener, visitor, info(ctx, false)));
        });
  }

  // A first request that may open a WebSocket.

  private ListenConfig.WebSocket webSocket() {
    return listener.shared().webSocket();
  }

  private void awaitHead(ChannelHandlerContext ctx, ByteBuf bytes) {
    int headBytes = WebSocketOpening.headBytes(bytes);
    int headBytesMax = webSocket().headBytesMax();
    if (headBytes > headBytesMax || (headBytes < 0 && bytes.readableBytes() > headBytesMax)) {
      refuseOpening(ctx, WebSocketOpening.Status.HEAD_TOO_LONG);
    } else if (headBytes >= 0) {
      byte[] head = new byte[headBytes];
      bytes.getBytes(bytes.readerIndex(), head);
      boolean secure = listener.tls() != null;
      switch (WebSocketOpening.decide(head, secure, listener.config().origins())) {
        case Decision.Pipe _ -> toPipe(ctx);
        case Decision.Refuse refused -> refuseOpening(ctx, refused.status());
        case Decision.Accept accepted -> {
          bytes.skipBytes(headBytes);
          open(ctx, accepted.response());
        }
      }
    } else if (WebSocketOpening.hasBareLineFeed(bytes)) {
      toPipe(ctx); // Its head may never end as we know it.
    }
  }

  private void open(ChannelHandlerContext ctx, String response) {
    listener.metrics().webSocketOpened();
    ctx.writeAndFlush(ascii(response), ctx.voidPromise());
    ctx.pipeline().addLast(new WebSocketFrames(webSocket().frameBytesMax(), listener.metrics()));
    toEngine(ctx, info(ctx, true));
  }

  private void refuseOpening(ChannelHandlerContext ctx, WebSocketOpening.Status status) {
    settle();
    leaving = true;
    listener.metrics().refused(Refusal.WEBSOCKET_REQUEST);
    ctx.writeAndFlush(ascii(status.response())).addListener(ChannelFutureListener.CLOSE);
  }

  private static ByteBuf ascii(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  /** The bytes seen so far: a few, or a head within its limit. */
  private ByteBuf gather(ChannelHandlerContext ctx, ByteBuf more) {
    ByteBuf before = held;
    if (before == null) {
      held = more;
      return more;
    }
    ByteBuf all = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, more);
    held = all;
    return all;
  }

  private void passOn(ChannelHandlerContext ctx, Consumer<ChannelPipeline> next) {
    settle();
    ByteBuf bytes = held;
    held = null;
    next.accept(ctx.pipeline());
    if (bytes != null) {
      ctx.fireChannelRead(bytes);
    }
    if (!ctx.isRemoved()) {
      ctx.pipeline().remove(this);
    }
  }

  private void refuse(ChannelHandlerContext ctx, Refusal reason) {
    settle();
    leaving = true;
    listener.metrics().refused(reason);
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    settle();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    settle();
    if (held != null) {
      held.release();
      held = null;
    }
  }

  private void settle() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("{} connection {} closed: {}", listener.name(), id, cause.toString());
    ctx.close();
  }

  private ConnectionInfo info(ChannelHandlerContext ctx, boolean webSocket) {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    InetSocketAddress remote = (InetSocketAddress) ctx.channel().remoteAddress();
    InetSocketAddress local = (InetSocketAddress) ctx.channel().localAddress();
    if (tls == null) {
      return new ConnectionInfo(
          id,
          listener.name(),
          remote,
          local,
          false,
          "",
          "",
          Optional.empty(),
          List.of(),
          webSocket);
    }
    SSLSession session = tls.engine().getSession();
    return new ConnectionInfo(
        id,
        listener.name(),
        remote,
        local,
        true,
        session.getProtocol(),
        session.getCipherSuite(),
        sniHost(session),
        certificates(session),
        webSocket);
  }

  private static Optional<String> sniHost(SSLSession session) {
    if (session instanceof ExtendedSSLSession extended) {
      for (SNIServerName name : extended.getRequestedServerNames()) {
        if (name.getType() == 0 && name.getEncoded().length <= HOST_CHARS_MAX) {
          return Optional.of(new String(name.getEncoded(), StandardCharsets.US_ASCII));
        }
      }
    }
    return Optional.empty();
  }

  private static List<byte[]> certificates(SSLSession session) {
    List<byte[]> der = new ArrayList<>();
    try {
      for (Certificate certificate : session.getPeerCertificates()) {
        der.add(certificate.getEncoded());
      }
    } catch (SSLPeerUnverifiedException noClientCertificate) {
      return List.of();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("certificate without DER form", e);
    }
    return der;
  }
}
