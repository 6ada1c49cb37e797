package io.sallyport.mqtt.listen;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The opening handshake of a WebSocket that carries MQTT (RFC 6455 §4.2, MQTT 5 §6).
 *
 * <p>Only the first request of a connection can open one. The connection then belongs to the
 * engine; every other one is piped whole to the container, which opens none. So no request is ever
 * read by both, and there is no second reading that could differ (request smuggling). Cookies and
 * credentials in the head are not looked at: who comes is settled by CONNECT alone (THREATS T41).
 */
final class WebSocketOpening {
  /** What a first request asks for. */
  sealed interface Decision {
    /** It is none of ours. */
    record Pipe() implements Decision {}

    /** It is ours and will not do. */
    record Refuse(Status status) implements Decision {}

    /** The answer that opens the WebSocket. */
    record Accept(String response) implements Decision {}
  }

  /** Why a request for a WebSocket is refused. */
  enum Status {
    BAD_REQUEST("400 Bad Request", ""),
    FOREIGN_ORIGIN("403 Forbidden", ""),
    /** RFC 6455 §4.4. */
    OTHER_VERSION("426 Upgrade Required", "Sec-WebSocket-Version: 13\r\n"),
    HEAD_TOO_LONG("431 Request Header Fields Too Large", "");

    private final String line;
    private final String fields;

    Status(String line, String fields) {
      this.line = line;
      this.fields = fields;
    }

    String response() {
      return "HTTP/1.1 "
          + line
          + "\r\n"
          + fields
          + "Connection: close\r\nContent-Length: 0\r\n\r\n";
    }
  }

  /** Whether the first bytes of a GET may be a request for a WebSocket. */
  enum Candidate {
    NO,
    /** Not enough bytes yet. */
    MORE,
    YES
  }

  private static final Decision PIPE = new Decision.Pipe();

  private static final List<byte[]> TARGETS =
      List.of("GET /mqtt ", "GET /mqtt?", "GET / ", "GET /?").stream()
          .map(start -> start.getBytes(StandardCharsets.US_ASCII))
          .toList();

  /** [MQTT-6.0.0-4]; clients written for 3.1 ask for the second. */
  private static final List<String> SUBPROTOCOLS = List.of("mqtt", "mqttv3.1");

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private WebSocketOpening() {}

  static Candidate candidate(ByteBuf bytes) {
    Candidate answer = Candidate.NO;
    for (byte[] target : TARGETS) {
      int compared = Math.min(bytes.readableBytes(), target.length);
      if (FirstBytes.startsWith(bytes, target, compared)) {
        if (compared == target.length) {
          return Candidate.YES;
        }
        answer = Candidate.MORE;
      }
    }
    return answer;
  }

  /**
   * Where the head ends, the empty line included, counted from the reader index.
   *
   * @return -1 when it has not ended yet
   */
  static int headBytes(ByteBuf bytes) {
    int from = bytes.readerIndex();
    int at = from;
    while (true) {
      at = bytes.forEachByte(at, bytes.writerIndex() - at, ByteProcessor.FIND_LF);
      if (at < 0) {
        return -1;
      }
      boolean endsHead =
          at - from >= 3
              && bytes.getByte(at - 1) == '\r'
              && bytes.getByte(at - 2) == '\n'
              && bytes.getByte(at - 3) == '\r';
      if (endsHead) {
        return at + 1 - from;
      }
      at++;
    }
  }

  /** Whether a line ends without CR; such a head is never one that {@link RequestHead} reads. */
  static boolean hasBareLineFeed(ByteBuf bytes) {
    int at = bytes.readerIndex();
    while (true) {
      at = bytes.forEachByte(at, bytes.writerIndex() - at, ByteProcessor.FIND_LF);
      if (at < 0) {
        return false;
      }
      if (at == bytes.readerIndex() || bytes.getByte(at - 1) != '\r') {
        return true;
      }
      at++;
    }
  }

  /**
   * @param secure whether the request came over TLS, for what its own origin is
   * @param origins those that may come besides, or {@code *}
   */
  static Decision decide(byte[] bytes, boolean secure, Set<String> origins) {
    Optional<RequestHead> read = RequestHead.of(bytes);
    if (read.isEmpty() || !read.get().names("upgrade", "websocket")) {
      return PIPE;
    }
    RequestHead head = read.get();
    Optional<String> key = head.only("sec-websocket-key");
    Optional<String> host = head.only("host");
    Optional<String> subprotocol =
        head.list("sec-websocket-protocol").stream().filter(SUBPROTOCOLS::contains).findFirst();
    if (host.isEmpty()
        || !head.names("connection", "upgrade")
        || head.has("content-length")
        || head.has("transfer-encoding")
        || key.filter(WebSocketOpening::isNonce).isEmpty()) {
      return new Decision.Refuse(Status.BAD_REQUEST);
    }
    if (!head.only("sec-websocket-version").equals(Optional.of("13"))) {
      return new Decision.Refuse(Status.OTHER_VERSION);
    }
    if (subprotocol.isEmpty()) { // [MQTT-6.0.0-3]
      return new Decision.Refuse(Status.BAD_REQUEST);
    }
    if (head.has("origin") && !isWelcome(head.only("origin"), host.get(), secure, origins)) {
      return new Decision.Refuse(Status.FOREIGN_ORIGIN);
    }
    return new Decision.Accept(response(key.get(), subprotocol.get()));
  }

  /** No extension is ever agreed to, above all no permessage-deflate. */
  private static String response(String key, String subprotocol) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: "
        + accept(key)
        + "\r\nSec-WebSocket-Protocol: "
        + subprotocol
        + "\r\n\r\n";
  }

  private static String accept(String key) {
    try {
      // RFC 6455 §4.2.2: shows that the key was read, and protects nothing.
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isNonce(String key) {
    try {
      return key.length() == 24 && Base64.getDecoder().decode(key).length == 16;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private static boolean isWelcome(
      Optional<String> origin, String host, boolean secure, Set<String> origins) {
    if (origin.isEmpty()) {
      return false; // More than one.
    }
    String asked = origin.get().toLowerCase(Locale.ROOT);
    return origins.contains("*")
        || origins.contains(asked)
        || isSame(normal(asked), normal((secure ? "https://" : "http://") + host));
  }

  private static boolean isSame(Optional<String> origin, Optional<String> own) {
    return origin.isPresent() && origin.equals(own);
  }

  /** Scheme, host and port with the default port written out: RFC 6454 §4; empty for "null". */
  private static Optional<String> normal(String origin) {
    try {
      URI uri = new URI(origin.toLowerCase(Locale.ROOT));
      String scheme = uri.getScheme();
      boolean https = "https".equals(scheme);
      if (uri.getHost() == null || !(https || "http".equals(scheme)) || uri.getUserInfo() != null) {
        return Optional.empty();
      }
      int port = uri.getPort() >= 0 ? uri.getPort() : https ? 443 : 80;
      return Optional.of(scheme + "://" + uri.getHost() + ":" + port);
    } catch (URISyntaxException notAnOrigin) {
      return Optional.empty();
    }
  }
}
