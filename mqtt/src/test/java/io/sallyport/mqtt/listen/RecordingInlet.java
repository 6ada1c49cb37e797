package io.sallyport.mqtt.listen;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.sallyport.mqtt.ConnectionInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An engine that remembers who came, gives the bytes back, and hangs up after the byte {@code '!'}.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class RecordingInlet implements MqttInlet {
  private static final byte LAST = '!';

  /** A first byte of MQTT with which the connection ends after one exchange. */
  static final byte[] ONE_SHOT = {0x10, 0x00, LAST};

  static final byte[] STAYING = "\u0010hello".getBytes(StandardCharsets.US_ASCII);

  /** Upon this it reads no more until {@link #wake}. */
  static final String SLEEP = "#";

  private final AtomicLong readBytes = new AtomicLong();
  private volatile @Nullable Channel asleep;
  private final List<ConnectionInfo> seen = new CopyOnWriteArrayList<>();

  ConnectionInfo last() {
    return seen.getLast();
  }

  List<ConnectionInfo> seen() {
    return seen;
  }

  boolean isAsleep() {
    return asleep != null;
  }

  void wake() {
    Channel channel = Objects.requireNonNull(asleep);
    asleep = null;
    channel.config().setAutoRead(true);
  }

  long readBytes() {
    return readBytes.get();
  }

  @Override
  public void install(ChannelPipeline pipeline, ConnectionInfo info) {
    seen.add(info);
    pipeline.addLast(
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            readBytes.addAndGet(bytes.readableBytes());
            if (bytes.indexOf(bytes.readerIndex(), bytes.writerIndex(), (byte) '#') >= 0) {
              ctx.channel().config().setAutoRead(false);
              asleep = ctx.channel();
            }
            boolean last = bytes.indexOf(bytes.readerIndex(), bytes.writerIndex(), LAST) >= 0;
            ctx.writeAndFlush(bytes);
            if (last) {
              ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
          }

          @Override
          public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
          }
        });
  }
}
