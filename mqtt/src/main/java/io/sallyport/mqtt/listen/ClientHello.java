package io.sallyport.mqtt.listen;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The little that the front reads of a client's first TLS record: the session ticket in it. Whoever
 * is mistaken here only waits in another line; the handshake itself reads the bytes anew.
 */
final class ClientHello {
  private static final int HANDSHAKE = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int RECORD_HEAD_BYTES = 5;

  /** RFC 8446 §5.1. */
  private static final int RECORD_BYTES_MAX = 1 << 14;

  /** RFC 5077 §3.2. */
  private static final int SESSION_TICKET = 35;

  /** RFC 8446 §4.2.11. */
  private static final int PRE_SHARED_KEY = 41;

  private ClientHello() {}

  /** Whether the first record is there as a whole, or never will be one. */
  static boolean isDecided(ByteBuf bytes) {
    if (bytes.readableBytes() < RECORD_HEAD_BYTES) {
      return bytes.isReadable() && bytes.getByte(bytes.readerIndex()) != HANDSHAKE;
    }
    int length = bytes.getUnsignedShort(bytes.readerIndex() + 3);
    return bytes.getByte(bytes.readerIndex()) != HANDSHAKE
        || length > RECORD_BYTES_MAX
        || bytes.readableBytes() >= RECORD_HEAD_BYTES + length;
  }

  /** The ticket that the client would resume with; empty where there is none to be found. */
  static Optional<byte[]> ticket(ByteBuf bytes) {
    ByteBuf in = bytes.slice();
    if (in.readableBytes() < RECORD_HEAD_BYTES || in.readByte() != HANDSHAKE) {
      return Optional.empty();
    }
    in.skipBytes(2);
    ByteBuf record = vector(in, 2);
    if (record == null || !record.isReadable() || record.readByte() != CLIENT_HELLO) {
      return Optional.empty();
    }
    ByteBuf hello = vector(record, 3); // Absent when it goes on in another record.
    if (hello == null || hello.readableBytes() < 34) {
      return Optional.empty();
    }
    hello.skipBytes(34); // Version and random.
    boolean goesOn =
        vector(hello, 1) != null && vector(hello, 2) != null && vector(hello, 1) != null;
    ByteBuf extensions = goesOn ? vector(hello, 2) : null;
    return extensions == null ? Optional.empty() : ticketAmong(extensions);
  }

  private static Optional<byte[]> ticketAmong(ByteBuf extensions) {
    while (extensions.readableBytes() >= 4) {
      int type = extensions.readUnsignedShort();
      ByteBuf content = vector(extensions, 2);
      if (content == null) {
        return Optional.empty();
      }
      if (type == SESSION_TICKET && content.isReadable()) {
        return Optional.of(all(content));
      }
      if (type == PRE_SHARED_KEY) {
        ByteBuf identities = vector(content, 2);
        ByteBuf first = identities == null ? null : vector(identities, 2);
        return first == null ? Optional.empty() : Optional.of(all(first));
      }
    }
    return Optional.empty();
  }

  /** What is counted by that many bytes of length; null when it is not all there. */
  private static @Nullable ByteBuf vector(ByteBuf in, int lengthBytes) {
    if (in.readableBytes() < lengthBytes) {
      return null;
    }
    int length = 0;
    for (int i = 0; i < lengthBytes; i++) {
      length = (length << 8) | in.readUnsignedByte();
    }
    return in.readableBytes() < length ? null : in.readSlice(length);
  }

  private static byte[] all(ByteBuf content) {
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    return bytes;
  }
}
