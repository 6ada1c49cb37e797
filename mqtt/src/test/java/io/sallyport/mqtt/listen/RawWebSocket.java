package io.sallyport.mqtt.listen;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A WebSocket client that knows no rules; shares no code with the server. */
final class RawWebSocket {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** The example of RFC 6455 §1.3. */
  static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final byte[] MASK = {0x37, (byte) 0xFA, 0x21, 0x3D};

  private final Socket socket;
  private final DataInputStream in;

  RawWebSocket(Socket socket) {
    this.socket = socket;
    try {
      in = new DataInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A frame from the server. */
  record Frame(int firstByte, int secondByte, ByteBuffer payload) {
    int opcode() {
      return firstByte & 0x0F;
    }

    int closeCode() {
      return payload.getShort(0) & 0xFFFF;
    }

    String text() {
      return StandardCharsets.ISO_8859_1.decode(payload.duplicate()).toString();
    }
  }

  /** A request that is right in every respect, for tests to spoil. */
  static String request(String target) {
    return "GET "
        + target
        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: "
        + KEY
        + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
  }

  /** Opens at {@code /mqtt}. */
  static RawWebSocket open(Socket socket) {
    RawWebSocket client = new RawWebSocket(socket);
    String answer = client.send(request("/mqtt")).readHead();
    if (!answer.startsWith("HTTP/1.1 101 ")) {
      throw new AssertionError(answer);
    }
    return client;
  }

  RawWebSocket send(String text) {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawWebSocket send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  RawWebSocket sendBinary(String payload) {
    return send(frame(0x80 | BINARY, payload.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** A masked frame with its length in the shortest form. */
  static byte[] frame(int firstByte, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(firstByte);
    if (payload.length < 126) {
      out.write(0x80 | payload.length);
    } else if (payload.length < 65_536) {
      out.write(0x80 | 126);
      out.write(payload.length >> 8);
      out.write(payload.length);
    } else {
      out.write(0x80 | 127);
      out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
    }
    out.writeBytes(MASK);
    for (int i = 0; i < payload.length; i++) {
      out.write(payload[i] ^ MASK[i % 4]);
    }
    return out.toByteArray();
  }

  /** All up to the first empty line, or what came before the end. */
  String readHead() {
    StringBuilder head = new StringBuilder();
    try {
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          break;
        }
        head.append((char) next);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return head.toString();
  }

  Frame readFrame() {
    try {
      int first = in.readUnsignedByte();
      int second = in.readUnsignedByte();
      long length = second & 0x7F;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      return new Frame(first, second, ByteBuffer.wrap(in.readNBytes((int) length)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The payload of binary frames, that many bytes of it. */
  byte[] readBinary(int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (out.size() < length) {
      Frame frame = readFrame();
      if (frame.firstByte() != (0x80 | BINARY)) {
        throw new AssertionError("first byte " + frame.firstByte());
      }
      out.write(frame.payload().array(), 0, frame.payload().limit());
    }
    return out.toByteArray();
  }

  /** Whether the server has hung up. */
  boolean isAtEnd() {
    try {
      return in.read() < 0;
    } catch (IOException reset) {
      return true;
    }
  }
}
