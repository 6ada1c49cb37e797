package io.sallyport.mqtt.listen;

import static io.sallyport.mqtt.listen.FrontFixture.listener;
import static io.sallyport.mqtt.listen.RawWebSocket.BINARY;
import static io.sallyport.mqtt.listen.RawWebSocket.CLOSE;
import static io.sallyport.mqtt.listen.RawWebSocket.CONTINUATION;
import static io.sallyport.mqtt.listen.RawWebSocket.PING;
import static io.sallyport.mqtt.listen.RawWebSocket.PONG;
import static io.sallyport.mqtt.listen.RawWebSocket.TEXT;
import static io.sallyport.mqtt.listen.RawWebSocket.frame;
import static io.sallyport.mqtt.listen.RawWebSocket.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.listen.ListenerConfig.Encryption;
import io.sallyport.mqtt.listen.RawWebSocket.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MQTT over WebSocket at the front, byte by byte; the engine behind it gives bytes back. */
class WebSocketTest {
  private static final ListenerConfig DOOR =
      listener("door", Encryption.PLAIN).withOrigins(Set.of("https://console.example.org"));
  private static final int FRAME_BYTES_MAX = 100_000;

  private FrontFixture fixture;

  @BeforeEach
  void open() {
    fixture =
        new FrontFixture(
            Transport.best(1),
            ListenerTls.bestProvider(),
            config ->
                config.with(
                    new ListenConfig.WebSocket(Duration.ofSeconds(1), 2_048, FRAME_BYTES_MAX)),
            DOOR,
            listener("asking", Encryption.TLS_ASKING_CERTIFICATE));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Nested
  class Opening {
    @ParameterizedTest
    @ValueSource(strings = {"/mqtt", "/", "/mqtt?x=1", "/?"})
    void request_at_these_targets_is_answered_with_what_the_standard_says(String target)
        throws IOException {
      try (Socket socket = fixture.connect("door")) {
        RawWebSocket client = new RawWebSocket(socket);
        client.send(request(target));

        assertThat(client.readHead())
            .isEqualTo(
                """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                Sec-WebSocket-Protocol: mqtt\r
                \r
                """);
        client.sendBinary("hello");
        assertThat(client.readFrame().text()).isEqualTo("hello");
        assertThat(fixture.inlet.last().webSocket()).isTrue();
        assertThat(fixture.inlet.last().remote()).isEqualTo(socket.getLocalSocketAddress());
      }
    }

    @ParameterizedTest(name = "{0} gets {1}")
    @CsvSource(
        delimiter = '|',
        value = {
          "mqtt            | mqtt",
          "mqttv3.1        | mqttv3.1",
          "mqttv3.1, mqtt  | mqttv3.1",
          "other,mqtt      | mqtt",
          "other           | 400",
          "MQTT            | 400",
          "''              | 400",
        })
    void first_subprotocol_that_both_know_is_taken(String offered, String expected)
        throws IOException { // [MQTT-6.0.0-3], [MQTT-6.0.0-4]
      String answer = ask(request("/mqtt").replace("Protocol: mqtt", "Protocol: " + offered));

      assertThat(answer)
          .contains(
              expected.equals("400")
                  ? "HTTP/1.1 400 "
                  : "Sec-WebSocket-Protocol: " + expected + "\r\n");
    }

    @ParameterizedTest(name = "{0} becomes {1}: {2}")
    @CsvSource(
        delimiter = '|',
        value = {
          "Host: localhost                      | X: y                            | 400",
          "Host: localhost                      | 'Host: a\r\nHost: b'            | 400",
          "Connection: Upgrade                  | Connection: keep-alive          | 400",
          "Connection: Upgrade                  | 'Connection: keep-alive, Upgrade' | 101",
          "Upgrade: websocket                   | UPGRADE: WebSocket              | 101",
          "Sec-WebSocket-Version: 13            | Sec-WebSocket-Version: 8        | 426",
          "Sec-WebSocket-Version: 13            | X: y                            | 426",
          "dGhlIHNhbXBsZSBub25jZQ==             | c2hvcnQ=                        | 400",
          "dGhlIHNhbXBsZSBub25jZQ==             | dGhlIHNhbXBsZSBub25j!Q==        | 400",
          "Connection: Upgrade | 'Connection: Upgrade\r\nContent-Length: 0'        | 400",
          "Connection: Upgrade | 'Connection: Upgrade\r\nTransfer-Encoding: chunked' | 400",
        })
    void spoilt_request_is_refused_by_the_front(String part, String instead, String status)
        throws IOException {
      String answer = ask(request("/mqtt").replace(part.strip(), instead));

      assertThat(answer).startsWith("HTTP/1.1 " + status);
      if (status.equals("426")) { // RFC 6455 §4.4
        assertThat(answer).contains("Sec-WebSocket-Version: 13\r\n");
      }
      if (!status.equals("101")) {
        assertThat(answer).contains("Connection: close\r\n", "Content-Length: 0\r\n");
        assertThat(fixture.inlet.seen()).isEmpty();
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "GET /mqttx HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
          "GET /mqtt/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
          "GET //mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
          "GET /%6dqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
          "GET http://a/mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
          "POST /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
          "GET /mqtt HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
          // What is not well-formed is no request for a WebSocket, however it looks.
          "GET /mqtt HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
          "GET /mqtt  HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
          "GET /mqtt HTTP/1.1\nHost: a\nUpgrade: websocket\n\n",
          "GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade : websocket\r\n\r\n",
          "GET /mqtt HTTP/1.1\r\nHost: a\r\n Upgrade: websocket\r\n\r\n",
          "GET /mqtt HTTP/1.1\r\nHost: a\r\nX: y\rUpgrade: websocket\r\n\r\n",
          "GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nX: \0\r\n\r\n",
        })
    void anything_else_is_piped_and_never_reaches_the_engine(String sent) throws IOException {
      assertThat(ask(sent)).isEmpty();
      // The fixture has nothing behind the pipe: being sent there shows as this.
      await().until(() -> fixture.count("sallyport.listen.refused", "reason", "hop_full") == 1);
      assertThat(fixture.inlet.seen()).isEmpty();
    }

    @ParameterizedTest(name = "{0} at {1}: {2}")
    @CsvSource({
      "http://localhost,           localhost,      101",
      "http://localhost:80,        localhost,      101",
      "HTTP://LOCALHOST,           localhost,      101",
      "http://localhost:8080,      localhost:8080, 101",
      "http://localhost:8080,      localhost,      403",
      "https://localhost,          localhost,      403",
      "https://console.example.org, localhost,     101",
      "https://console.example.org:8443, localhost, 403",
      "https://evil.example.org,   localhost,      403",
      "https://evil-console.example.org, localhost, 403",
      "http://localhost.evil.org,  localhost,      403",
      "http://x@localhost,         localhost,      403",
      "null,                       localhost,      403",
      "'',                         localhost,      403",
      "file://,                    localhost,      403",
    })
    void pages_come_in_from_their_own_origin_and_those_listed(
        String origin, String host, String status) throws IOException {
      String answer =
          ask(
              request("/mqtt")
                  .replace("Host: localhost", "Host: " + host + "\r\nOrigin: " + origin));

      assertThat(answer).startsWith("HTTP/1.1 " + status);
    }

    @Test
    void two_origins_are_foreign() throws IOException {
      assertThat(
              ask(
                  request("/mqtt")
                      .replace("Host", "Origin: http://localhost\r\nOrigin: http://b\r\nHost")))
          .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void compression_is_not_agreed_to_and_no_cookie_is_taken_or_set() throws IOException {
      String answer =
          ask(
              request("/mqtt")
                  .replace(
                      "Host",
                      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
                          + "Cookie: SESSION=stolen\r\nAuthorization: Basic YTpi\r\nHost"));

      assertThat(answer)
          .startsWith("HTTP/1.1 101 ")
          .doesNotContainIgnoringCase("extensions")
          .doesNotContainIgnoringCase("cookie");
    }

    @Test
    void head_above_its_limit_is_refused() throws IOException {
      String long_ = request("/mqtt").replace("Host", "X: " + "y".repeat(2_048) + "\r\nHost");

      assertThat(ask(long_)).startsWith("HTTP/1.1 431 ");
      assertThat(ask("GET /mqtt HTTP/1.1\r\nX: " + "y".repeat(3_000))).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void head_that_does_not_end_in_time_is_closed() throws IOException {
      try (Socket socket = fixture.connect("door")) {
        RawWebSocket client = new RawWebSocket(socket);
        client.send("GET /mqtt HTTP/1.1\r\nHost: a\r\n");

        assertThat(client.isAtEnd()).isTrue();
        await().until(() -> fixture.count("sallyport.listen.refused", "reason", "head_slow") == 1);
      }
    }

    @Test
    void head_byte_by_byte_opens_as_well() throws IOException {
      try (Socket socket = fixture.connect("door")) {
        socket.setTcpNoDelay(true);
        RawWebSocket client = new RawWebSocket(socket);
        for (char c : request("/mqtt").toCharArray()) {
          client.send(String.valueOf(c));
        }

        assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
      }
    }

    @Test
    void frames_right_behind_the_head_reach_the_engine() throws IOException {
      try (Socket socket = fixture.connect("door")) {
        RawWebSocket client = new RawWebSocket(socket);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(request("/mqtt").getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(frame(0x80 | BINARY, new byte[] {'h', 'i'}));
        client.send(all.toByteArray());

        assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
        assertThat(client.readFrame().text()).isEqualTo("hi");
      }
    }

    @Test
    void engine_learns_of_tls_and_client_certificate_as_over_mqtt() throws Exception {
      TestCertificates.Identity device = TestCertificates.ec("dev1");
      try (SSLSocket socket = tlsClient(device)) {
        RawWebSocket client = RawWebSocket.open(socket);
        client.sendBinary("hello");
        assertThat(client.readFrame().text()).isEqualTo("hello");

        ConnectionInfo info = fixture.inlet.last();
        assertThat(info.webSocket()).isTrue();
        assertThat(info.secure()).isTrue();
        assertThat(info.tlsProtocol()).isEqualTo("TLSv1.3");
        assertThat(info.remote()).isEqualTo(socket.getLocalSocketAddress());
        assertThat(info.peerCertificates()).containsExactly(device.leaf().getEncoded());
      }
    }

    private SSLSocket tlsClient(TestCertificates.Identity device) throws Exception {
      KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
      keys.init(device.keyStore(), new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), FrontFixture.trustingAll(), null);
      var address = fixture.address("asking");
      SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
      socket.setSoTimeout(10_000);
      return socket;
    }

    private String ask(String sent) throws IOException {
      try (Socket socket = fixture.connect("door")) {
        return new RawWebSocket(socket).send(sent).readHead();
      }
    }
  }

  @Nested
  class Frames {
    private Socket socket;
    private RawWebSocket client;

    @BeforeEach
    void openOne() throws IOException {
      socket = fixture.connect("door");
      socket.setTcpNoDelay(true);
      client = RawWebSocket.open(socket);
    }

    @AfterEach
    void closeIt() throws IOException {
      socket.close();
    }

    @Test
    void text_frame_closes() { // [MQTT-6.0.0-1]
      client.send(frame(0x80 | TEXT, "hello".getBytes(StandardCharsets.US_ASCII)));

      assertEndsWith(1003);
    }

    @Test
    void packet_may_be_split_over_frames_and_fragments_and_a_frame_may_hold_several() {
      // [MQTT-6.0.0-2]
      client.sendBinary("ab");
      client.send(frame(BINARY, new byte[] {'c'}));
      client.send(frame(0x80 | PING, new byte[] {'p'})); // RFC 6455 §5.4: between fragments
      client.send(frame(CONTINUATION, new byte[0]));
      client.send(frame(0x80 | CONTINUATION, new byte[] {'d'}));
      client.sendBinary("ef");

      StringBuilder data = new StringBuilder();
      int pongs = 0;
      while (data.length() < 6) {
        Frame next = client.readFrame();
        if (next.opcode() == PONG) {
          pongs++;
          assertThat(next.text()).isEqualTo("p");
        } else {
          data.append(next.text());
        }
      }
      assertThat(data).hasToString("abcdef");
      assertThat(pongs).isLessThanOrEqualTo(1);
    }

    @Test
    void part_of_a_frame_goes_on_before_the_rest_has_come() {
      byte[] whole = frame(0x80 | BINARY, "abcdefgh".getBytes(StandardCharsets.US_ASCII));
      byte[] first = Arrays.copyOf(whole, whole.length - 3);
      client.send(first);
      assertThat(client.readBinary(5)).asString(StandardCharsets.US_ASCII).isEqualTo("abcde");

      client.send(Arrays.copyOfRange(whole, whole.length - 3, whole.length));
      assertThat(client.readBinary(3)).asString(StandardCharsets.US_ASCII).isEqualTo("fgh");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 125, 126, 65_535, 65_536, FRAME_BYTES_MAX})
    void payload_of_any_allowed_length_goes_both_ways(int length) {
      byte[] payload = new byte[length];
      new Random(length).nextBytes(payload);
      withoutMark(payload);
      client.send(frame(0x80 | BINARY, payload));

      assertThat(client.readBinary(length)).isEqualTo(payload);
    }

    @Test
    void frame_above_its_limit_is_refused_by_its_header() {
      client.send(hex("82 FF 00 00 00 00 00 01 86 A1 01 02 03 04"));

      assertEndsWith(1009);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
        delimiter = '|',
        value = {
          "without mask                       | 82 01 61                       | 1002",
          "reserved bit, as of compression    | C2 81 00000000 61              | 1002",
          "reserved bit 2                     | A2 81 00000000 61              | 1002",
          "reserved bit 3                     | 92 81 00000000 61              | 1002",
          "unknown opcode 3                   | 83 81 00000000 61              | 1002",
          "unknown opcode 11                  | 8B 80 00000000                 | 1002",
          "continuation of nothing            | 80 81 00000000 61              | 1002",
          "new message inside another         | 02 80 00000000 82 80 00000000  | 1002",
          "ping in fragments                  | 09 80 00000000                 | 1002",
          "ping of 126 bytes                  | 89 FE 007E 00000000            | 1002",
          "length of 125 in two bytes         | 82 FE 007D 00000000            | 1002",
          "length of 65,535 in eight bytes    | 82 FF 000000000000FFFF 00000000 | 1002",
          "length with the highest bit        | 82 FF 8000000000000000 00000000 | 1002",
          "text                               | 81 80 00000000                 | 1003",
          "close without code                 | 88 80 00000000                 | 1000",
          "close with 1000                    | 88 82 00000000 03E8            | 1000",
          "close with 3000 and a reason       | 88 83 00000000 0BB8 61         | 3000",
          "close with half a code             | 88 81 00000000 03              | 1002",
          "close with 1005                    | 88 82 00000000 03ED            | 1002",
          "close with 999                     | 88 82 00000000 03E7            | 1002",
        })
    void frame_that_ends_the_connection_is_answered_with_its_code(
        String name, String sent, int code) {
      client.send(hex(sent));

      assertEndsWith(code);
    }

    @Test
    void ping_is_answered_and_pong_is_not() {
      client.send(frame(0x80 | PONG, new byte[] {'x'}));
      client.send(frame(0x80 | PING, "still there".getBytes(StandardCharsets.US_ASCII)));

      Frame answer = client.readFrame();
      assertThat(answer.opcode()).isEqualTo(PONG);
      assertThat(answer.text()).isEqualTo("still there");
    }

    @Test
    void of_many_pings_at_once_at_least_the_last_is_answered() {
      ByteArrayOutputStream many = new ByteArrayOutputStream();
      for (int i = 0; i < 1_000; i++) {
        many.writeBytes(frame(0x80 | PING, String.valueOf(i).getBytes(StandardCharsets.US_ASCII)));
      }
      client.send(many.toByteArray());

      int answers = 1;
      while (!client.readFrame().text().equals("999")) {
        answers++;
      }
      assertThat(answers).isLessThan(1_000);
    }

    @Test
    void engine_that_hangs_up_says_so_in_a_close_frame_after_its_last_packet() {
      client.sendBinary("bye!");

      assertThat(client.readFrame().text()).isEqualTo("bye!");
      assertEndsWith(1000);
    }

    @Test
    void after_a_close_frame_nothing_more_is_taken() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(frame(0x80 | CLOSE, new byte[] {3, (byte) 0xE8}));
      bytes.writeBytes(frame(0x80 | BINARY, new byte[] {'a'}));
      client.send(bytes.toByteArray());

      assertEndsWith(1000);
    }

    @Test
    void nothing_more_is_read_while_the_engine_reads_nothing() throws Exception {
      client.sendBinary(RecordingInlet.SLEEP);
      await().until(() -> fixture.inlet.isAsleep());
      byte[] some = frame(0x80 | BINARY, new byte[FRAME_BYTES_MAX]);
      AtomicInteger sent = new AtomicInteger();
      AtomicInteger before = new AtomicInteger(-1);
      Thread flood =
          Thread.ofVirtual()
              .start(() -> {
                while (sent.get() < 300) {
                  client.send(some);
                  sent.incrementAndGet();
                }
              });
      // The kernel's buffers fill up, then the sender stands still.
      await()
          .pollInterval(Duration.ofMillis(300))
          .until(() -> before.getAndSet(sent.get()) == sent.get() && sent.get() > 0);
      assertThat(sent.get()).isLessThan(300);
      assertThat(fixture.inlet.readBytes()).isLessThan(4L * FRAME_BYTES_MAX);

      fixture.inlet.wake();

      Thread reader = Thread.ofVirtual().start(() -> client.readBinary(300 * FRAME_BYTES_MAX + 1));
      flood.join();
      reader.join();
      assertThat(fixture.inlet.readBytes()).isEqualTo(300L * FRAME_BYTES_MAX + 1);
    }

    @Test
    void random_frames_in_random_pieces_are_the_same_stream() {
      long seed = System.nanoTime();
      System.out.println("seed of random_frames_in_random_pieces_are_the_same_stream: " + seed);
      Random random = new Random(seed);
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      ByteArrayOutputStream wire = new ByteArrayOutputStream();
      boolean inside = false;
      for (int i = 0; i < 300; i++) {
        byte[] payload = new byte[random.nextInt(random.nextInt(10) == 0 ? 2_000 : 20)];
        random.nextBytes(payload);
        withoutMark(payload);
        sent.writeBytes(payload);
        boolean last = random.nextBoolean();
        wire.writeBytes(frame((last ? 0x80 : 0) | (inside ? CONTINUATION : BINARY), payload));
        inside = !last;
      }
      byte[] all = wire.toByteArray();
      for (int at = 0; at < all.length; ) {
        int end = Math.min(all.length, at + 1 + random.nextInt(700));
        client.send(Arrays.copyOfRange(all, at, end));
        at = end;
      }

      assertThat(client.readBinary(sent.size())).isEqualTo(sent.toByteArray());
    }

    private void assertEndsWith(int code) {
      Frame end = client.readFrame();
      assertThat(end.opcode()).isEqualTo(CLOSE);
      assertThat(end.closeCode()).isEqualTo(code);
      assertThat(end.secondByte() & 0x80).as("a server never masks").isZero();
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  /** The engine of these tests acts on these bytes. */
  private static void withoutMark(byte[] payload) {
    for (int i = 0; i < payload.length; i++) {
      payload[i] = payload[i] == '!' || payload[i] == '#' ? (byte) '.' : payload[i];
    }
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }
}
