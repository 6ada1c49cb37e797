package io.sallyport.mqtt.listen;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a WebSocket as a stream of bytes, both ways (RFC 6455 §5): what stands inside
 * binary frames goes on as it comes, what the engine writes leaves in binary frames. Belongs to the
 * connection's event loop.
 *
 * <p>Nothing of a frame is kept back until the rest of it has come, as Netty's own decoder does. A
 * large frame so costs no memory before login, a dribbled one runs into the engine's time limits
 * for CONNECT and packets, and reading stops where the engine stops it. MQTT packets need not begin
 * or end with a frame, in either direction [MQTT-6.0.0-2].
 */
// A failed write or close ends the channel, and channelInactive sees to the rest.
@SuppressWarnings("FutureReturnValueIgnored")
final class WebSocketFrames extends ChannelDuplexHandler {
  // RFC 6455 §11.8.
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  // RFC 6455 §7.4.1.
  private static final int NORMAL = 1000;
  private static final int PROTOCOL_ERROR = 1002;
  private static final int UNSUPPORTED = 1003;
  private static final int TOO_BIG = 1009;

  private static final int FIN = 0x80;
  private static final int RESERVED = 0x70;
  private static final int MASKED = 0x80;
  private static final int CONTROL_BYTES_MAX = 125;

  private final int frameBytesMax;
  private final ListenMetrics metrics;

  // The header that is being gathered: two bytes, then length and mask.
  private final byte[] header = new byte[14];
  private int headerBytes;
  private int headerBytesNeeded = 2;

  // The frame whose payload is coming.
  private int opcode;
  private int mask;
  private long payloadLeft;
  private final byte[] control = new byte[CONTROL_BYTES_MAX];
  private int controlBytes;

  private boolean insideMessage;
  private byte @Nullable [] unanswered;
  private boolean closing;

  WebSocketFrames(int frameBytesMax, ListenMetrics metrics) {
    this.frameBytesMax = frameBytesMax;
    this.metrics = metrics;
  }

  // Inward.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      while (in.isReadable() && !closing) {
        if (headerBytes < headerBytesNeeded) {
          readHeader(ctx, in);
        } else {
          readPayload(ctx, in);
        }
      }
    } finally {
      in.release();
    }
  }

  private void readHeader(ChannelHandlerContext ctx, ByteBuf in) {
    int count = Math.min(headerBytesNeeded - headerBytes, in.readableBytes());
    in.readBytes(header, headerBytes, count);
    headerBytes += count;
    if (headerBytes < headerBytesNeeded) {
      return;
    }
    if (headerBytesNeeded == 2) {
      int fault = faultOfFirstTwo();
      if (fault != 0) {
        fail(ctx, fault);
        return;
      }
      int length = header[1] & 0x7F;
      headerBytesNeeded = 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + 4;
    } else {
      beginPayload(ctx);
    }
  }

  private int faultOfFirstTwo() {
    int first = header[0];
    opcode = first & 0x0F;
    boolean last = (first & FIN) != 0;
    boolean masked = (header[1] & MASKED) != 0;
    if ((first & RESERVED) != 0 || !masked) { // RFC 6455 §5.2 (no extension is agreed), §5.1
      return PROTOCOL_ERROR;
    }
    return switch (opcode) {
      case TEXT -> UNSUPPORTED; // [MQTT-6.0.0-1]
      case BINARY -> insideMessage ? PROTOCOL_ERROR : 0; // RFC 6455 §5.4
      case CONTINUATION -> insideMessage ? 0 : PROTOCOL_ERROR;
      case CLOSE, PING, PONG -> // RFC 6455 §5.5
          last && (header[1] & 0x7F) <= CONTROL_BYTES_MAX ? 0 : PROTOCOL_ERROR;
      default -> PROTOCOL_ERROR;
    };
  }

  private void beginPayload(ChannelHandlerContext ctx) {
    int lengthBytes = headerBytesNeeded - 6;
    long length = header[1] & 0x7F;
    if (lengthBytes > 0) {
      length = 0;
      for (int i = 2; i < 2 + lengthBytes; i++) {
        length = (length << 8) | (header[i] & 0xFF);
      }
      // RFC 6455 §5.2: the shortest form only, and the highest bit is 0.
      if (length < 0 || length < (lengthBytes == 2 ? 126 : 65_536)) {
        fail(ctx, PROTOCOL_ERROR);
        return;
      }
    }
    if (length > frameBytesMax) {
      fail(ctx, TOO_BIG);
      return;
    }
    int at = 2 + lengthBytes;
    mask =
        (header[at] << 24)
            | ((header[at + 1] & 0xFF) << 16)
            | ((header[at + 2] & 0xFF) << 8)
            | (header[at + 3] & 0xFF);
    payloadLeft = length;
    controlBytes = 0;
    if (opcode <= BINARY) {
      insideMessage = (header[0] & FIN) == 0;
    }
    if (length == 0) {
      endFrame(ctx);
    }
  }

  private void readPayload(ChannelHandlerContext ctx, ByteBuf in) {
    int count = (int) Math.min(payloadLeft, in.readableBytes());
    payloadLeft -= count;
    unmask(in, count);
    boolean data = opcode <= BINARY;
    if (!data) {
      in.readBytes(control, controlBytes, count);
      controlBytes += count;
    }
    ByteBuf payload = data ? in.readRetainedSlice(count) : Unpooled.EMPTY_BUFFER;
    if (payloadLeft == 0) {
      endFrame(ctx);
    }
    if (data) { // Last: the engine may close, or speak, from within.
      ctx.fireChannelRead(payload);
    }
  }

  /** In place, four bytes at a time; the mask is turned so that it fits the next part. */
  private void unmask(ByteBuf in, int count) {
    int at = in.readerIndex();
    int end = at + count;
    for (; at + 4 <= end; at += 4) {
      in.setInt(at, in.getInt(at) ^ mask);
    }
    for (; at < end; at++) {
      in.setByte(at, in.getByte(at) ^ (mask >>> 24));
      mask = Integer.rotateLeft(mask, 8);
    }
  }

  private void endFrame(ChannelHandlerContext ctx) {
    headerBytes = 0;
    headerBytesNeeded = 2;
    switch (opcode) {
      case PING -> unanswered = Arrays.copyOf(control, controlBytes);
      case CLOSE -> answerClose(ctx);
      default -> {} // Data is on its way; a PONG asks for nothing.
    }
  }

  /** RFC 6455 §5.5.3: of several PINGs the latest is answered, and none while answers pile up. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    byte[] ping = unanswered;
    unanswered = null;
    if (ping != null && !closing && ctx.channel().isWritable()) {
      ctx.writeAndFlush(frame(ctx, PONG, ping), ctx.voidPromise());
    }
    ctx.fireChannelReadComplete();
  }

  private void answerClose(ChannelHandlerContext ctx) {
    if (controlBytes == 0) {
      end(ctx, NORMAL);
      return;
    }
    int code = controlBytes == 1 ? 0 : ((control[0] & 0xFF) << 8) | (control[1] & 0xFF);
    boolean valid = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
    end(ctx, valid || (code >= 3000 && code <= 4999) ? code : PROTOCOL_ERROR);
  }

  private void fail(ChannelHandlerContext ctx, int code) {
    metrics.webSocketFailed(code);
    end(ctx, code);
  }

  private void end(ChannelHandlerContext ctx, int code) {
    sayClose(ctx, code);
    ctx.close();
  }

  private void sayClose(ChannelHandlerContext ctx, int code) {
    closing = true;
    if (ctx.channel().isActive()) {
      byte[] reason = {(byte) (code >> 8), (byte) code};
      ctx.writeAndFlush(frame(ctx, CLOSE, reason), ctx.voidPromise());
    }
  }

  // Outward.

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ByteBuf bytes = (ByteBuf) message;
    int length = bytes.readableBytes();
    if (length > 0) {
      ctx.write(head(ctx, BINARY, length), ctx.voidPromise());
    }
    ctx.write(bytes, promise);
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!closing) {
      sayClose(ctx, NORMAL);
    }
    ctx.close(promise);
  }

  private static ByteBuf frame(ChannelHandlerContext ctx, int opcode, byte[] payload) {
    return head(ctx, opcode, payload.length).writeBytes(payload);
  }

  private static ByteBuf head(ChannelHandlerContext ctx, int opcode, int length) {
    ByteBuf head = ctx.alloc().ioBuffer(10 + (opcode < CLOSE ? 0 : length));
    head.writeByte(FIN | opcode);
    if (length < 126) {
      head.writeByte(length);
    } else if (length < 65_536) {
      head.writeByte(126).writeShort(length);
    } else {
      head.writeByte(127).writeLong(length);
    }
    return head;
  }
}
