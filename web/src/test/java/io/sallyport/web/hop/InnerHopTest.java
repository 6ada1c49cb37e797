package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.listen.TestCertificates;
import io.sallyport.platform.certificate.UnverifiedChain;
import io.sallyport.web.hop.RawHttp.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Front, hop and container together; {@link InnerHopDrainTest} stops them. */
class InnerHopTest {
  @TempDir private static Path folder;
  private static HopFixture hop;

  @BeforeAll
  static void start() {
    hop = new HopFixture(folder, false);
  }

  @AfterAll
  static void stop() {
    hop.close();
  }

  @AfterEach
  void no_record_and_no_pipe_is_left() {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .untilAsserted(() -> {
          assertThat(hop.pipes()).isZero();
          assertThat(hop.peers.waiting()).isZero();
        });
  }

  // Who is there.

  @Test
  void plain_request_shows_the_clients_address_and_is_not_secure() throws IOException {
    try (RawHttp client = hop.plain()) {
      String seen = client.get("/whoami").body();

      assertThat(seen)
          .contains(
              "\"remote\":\"127.0.0.1:" + client.socket().getLocalPort() + "\"",
              "\"local\":\"127.0.0.1:" + client.socket().getPort() + "\"",
              "\"scheme\":\"http\"",
              "\"secure\":\"false\"",
              "\"listener\":\"http\"",
              "\"url\":\"http://door.example:8443/whoami\"",
              "\"virtual\":\"true\"");
    }
  }

  @Test
  void tls_request_is_secure_and_carries_the_unverified_chain_only_in_the_record()
      throws Exception {
    TestCertificates.Identity device = TestCertificates.chain("dev1", 2);
    try (RawHttp client = hop.tls("https", Optional.of(device))) {
      String seen = client.get("/whoami").body();

      assertThat(seen)
          .contains(
              "\"remote\":\"127.0.0.1:" + client.socket().getLocalPort() + "\"",
              "\"scheme\":\"https\"",
              "\"secure\":\"true\"",
              "\"tls\":\"TLSv1.3\"",
              "\"url\":\"https://door.example:8443/whoami\"",
              "\"chain\":\"2\"",
              "\"x509\":\"null\"");
    }
  }

  // What opens a WebSocket at the front opens none behind it.

  @Test
  void later_request_for_a_websocket_is_an_ordinary_one_to_the_container() throws IOException {
    try (RawHttp client = hop.plain()) {
      assertThat(client.get("/whoami").status()).isEqualTo(200);

      client.send(
          """
          GET /mqtt HTTP/1.1\r
          Host: door.example\r
          Upgrade: websocket\r
          Connection: Upgrade\r
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Protocol: mqtt\r
          \r
          """);

      assertThat(client.answer().status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/mqtt", "/mqtt?x"})
  void request_without_upgrade_at_the_same_paths_reaches_the_container(String target)
      throws IOException {
    try (RawHttp client = hop.plain()) {
      assertThat(client.get(target).status()).isEqualTo(404);
      assertThat(client.get("/whoami").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Proto: https",
        "X-Forwarded-For: 9.9.9.9",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Port: 443",
        "X-Forwarded-Ssl: on",
        "X-Forwarded-Client-Cert: abc",
        "Forwarded: for=9.9.9.9;proto=https;host=evil.example",
        "X-Real-IP: 9.9.9.9",
        "Client-Cert: :abc:",
        "Client-Cert-Chain: :abc:",
        "SSL_CLIENT_CERT: abc",
        "SSL-Client-Cert: abc",
        "X-SSL-Client-Cert: abc",
        "X-Client-Cert: abc",
        "X-ARR-ClientCert: abc",
        "x-forwarded-PROTO: https",
      })
  void headers_that_claim_another_peer_are_removed(String header) throws IOException {
    try (RawHttp client = hop.plain()) {
      String seen = client.get("/whoami", header, "X-Kept: yes").body();

      assertThat(seen)
          .contains(
              "\"headers\":\"Host,X-Kept\"",
              "\"remote\":\"127.0.0.1:" + client.socket().getLocalPort() + "\"",
              "\"url\":\"http://door.example:8443/whoami\"",
              "\"secure\":\"false\"");
    }
  }

  @Test
  void absolute_request_target_does_not_make_a_plain_connection_secure() throws IOException {
    try (RawHttp client = hop.plain()) {
      client.send(RawHttp.request("GET", "https://door.example:8443/whoami"));

      assertThat(client.answer().body())
          .contains("\"scheme\":\"http\"", "\"secure\":\"false\"", "\"url\":\"http://");
    }
  }

  @Test
  void redirects_are_absolute_with_the_host_sent_and_the_true_scheme() throws Exception {
    try (RawHttp plain = hop.plain();
        RawHttp tls = hop.tls("https")) {
      assertThat(plain.get("/redirect").head())
          .contains("\r\nLocation: http://door.example:8443/there\r\n");
      assertThat(tls.get("/redirect").head())
          .contains("\r\nLocation: https://door.example:8443/there\r\n");
    }
  }

  @Test
  void session_cookie_is_secure_over_tls_and_only_there() throws Exception {
    try (RawHttp plain = hop.plain();
        RawHttp tls = hop.tls("https")) {
      assertThat(plain.get("/session", "X-Forwarded-Proto: https").head())
          .contains("Set-Cookie")
          .doesNotContain("Secure");
      assertThat(tls.get("/session").head()).contains("Set-Cookie").contains("Secure");
    }
  }

  @Test
  void each_connection_shows_its_own_record_and_kept_alive_ones_keep_it() throws Exception {
    TestCertificates.Identity device = TestCertificates.ec("dev1");
    for (int i = 0; i < 20; i++) {
      try (RawHttp tls = hop.tls("https", Optional.of(device));
          RawHttp plain = hop.plain()) {
        for (int request = 0; request < 3; request++) {
          assertThat(tls.get("/whoami").body())
              .contains(
                  "\"chain\":\"1\"",
                  "\"remote\":\"127.0.0.1:" + tls.socket().getLocalPort() + "\"");
          assertThat(plain.get("/whoami").body())
              .contains(
                  "\"chain\":\"0\"",
                  "\"secure\":\"false\"",
                  "\"remote\":\"127.0.0.1:" + plain.socket().getLocalPort() + "\"");
        }
      }
    }
  }

  // What the messaging listener serves.

  @Test
  void messaging_listener_serves_messaging_and_nothing_else_at_any_request() throws Exception {
    String event = "/api/v0002/device/types/t/devices/d/events/e";
    try (RawHttp client = hop.tls("mqtts")) {
      assertThat(post(client, event).status()).isEqualTo(200);
      Answer refused = client.get("/whoami");
      assertThat(refused.status()).isEqualTo(404);
      assertThat(refused.head()).contains("Content-Type: application/problem+json");
      assertThat(refused.body()).contains("\"status\":404");
      assertThat(post(client, event).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/",
    "GET,/whoami",
    "GET,/api/v0002/device/types",
    "POST,/api/v0002/device/types",
    "GET,/api/v0002/device/types/t/devices/d/events/e",
    "POST,/api/v0002/device/types/t/devices",
    "POST,/api/v0002/bulk/devices/add",
    "POST,/api/v0002/device/types/t/devices/d/events/e/../../../../../../../../../upload",
    "POST,/api/v0002/device/types/t/devices/d/events/..;/upload",
    "POST,/upload;/api/v0002/device/types/t/devices/d/events/e",
    "POST,//api/v0002/device/types/t/devices/d/events/e/x",
  })
  void messaging_listener_refuses(String method, String path) throws Exception {
    long before = hop.probe.received.get();
    try (RawHttp client = hop.tls("mqtts")) {
      client.send(RawHttp.request(method, path, "Content-Length: 0"));

      assertThat(client.answer().status()).isIn(404, 400);
      assertThat(hop.probe.received.get()).isEqualTo(before);
    }
  }

  @Test
  void other_listeners_serve_every_path() throws Exception {
    try (RawHttp client = hop.tls("https")) {
      assertThat(client.get("/whoami").status()).isEqualTo(200);
    }
  }

  private static Answer post(RawHttp client, String path) throws IOException {
    client.send(RawHttp.request("POST", path, "Content-Length: 2") + "{}");
    return client.answer();
  }

  // Strangers on the inner socket.

  @Test
  void stranger_without_token_is_closed_before_any_http() throws IOException {
    assertThat(stranger(ByteBuffer.wrap(RawHttp.request("GET", "/whoami").getBytes(ascii()))))
        .isEmpty();
  }

  @Test
  void stranger_with_a_wrong_token_is_closed() throws IOException {
    assertThat(stranger(withRequest(new byte[16]))).isEmpty();
  }

  @Test
  void token_opens_one_connection_and_no_second() throws IOException {
    byte[] token = hop.peers.register(someone()).orElseThrow();

    assertThat(stranger(withRequest(token))).startsWith("HTTP/1.1 200");
    assertThat(stranger(withRequest(token))).isEmpty();
  }

  @Test
  void silent_stranger_is_closed_when_the_time_of_the_token_is_over() throws IOException {
    assertThat(stranger(ByteBuffer.allocate(0))).isEmpty();
  }

  @Test
  void token_that_comes_byte_by_byte_in_time_is_good() throws IOException {
    byte[] token = hop.peers.register(someone()).orElseThrow();
    try (SocketChannel inner = SocketChannel.open(hop.socket.address())) {
      for (byte one : token) {
        inner.write(ByteBuffer.wrap(new byte[] {one}));
      }
      inner.write(withoutToken());

      assertThat(readAll(inner)).startsWith("HTTP/1.1 200").contains("9.8.7.6");
    }
  }

  @Test
  void bytes_that_trickle_do_not_prolong_the_time_of_the_token() throws IOException {
    byte[] token = hop.peers.register(someone()).orElseThrow();
    try (SocketChannel inner = SocketChannel.open(hop.socket.address())) {
      for (int i = 0; i < 15; i++) {
        inner.write(ByteBuffer.wrap(token, i, 1));
      }

      assertThat(readAll(inner)).isEmpty();
    }
    hop.peers.abandon(token);
  }

  @Test
  void socket_and_folder_are_for_this_user_only() throws IOException {
    assertThat(mode(hop.socket.path())).isEqualTo("rw-------");
    assertThat(mode(folder.resolve("inner"))).isEqualTo("rwx------");
  }

  @Test
  void another_user_of_the_host_cannot_connect() throws Exception {
    assumeThat(System.getProperty("user.name"))
        .as("only root may become another")
        .isEqualTo("root");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    String connect =
        "use IO::Socket::UNIX; IO::Socket::UNIX->new(Peer => $ARGV[0]) ? print 'in' : print $!";
    Process other =
        new ProcessBuilder(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "perl",
                "-e",
                connect,
                hop.socket.path().toString())
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start();

    assertThat(new String(other.getInputStream().readAllBytes(), ascii()))
        .isEqualTo("Permission denied");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static PeerRecord someone() throws IOException {
    InetSocketAddress remote =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {9, 8, 7, 6}), 5);
    return new PeerRecord(
        1, "http", remote, remote, false, "", "", Optional.empty(), UnverifiedChain.NONE, false);
  }

  private static java.nio.charset.Charset ascii() {
    return StandardCharsets.US_ASCII;
  }

  private static ByteBuffer withoutToken() {
    return ByteBuffer.wrap(
        RawHttp.request("GET", "/whoami", "Connection: close").getBytes(ascii()));
  }

  private static ByteBuffer withRequest(byte[] token) {
    ByteBuffer request = withoutToken();
    return ByteBuffer.allocate(16 + request.remaining()).put(token).put(request).flip();
  }

  private static String stranger(ByteBuffer bytes) throws IOException {
    try (SocketChannel inner = SocketChannel.open(hop.socket.address())) {
      while (bytes.hasRemaining()) {
        inner.write(bytes);
      }
      return readAll(inner);
    }
  }

  private static String readAll(SocketChannel inner) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    try {
      while (inner.read(buffer) >= 0) {
        assertThat(buffer.hasRemaining()).isTrue();
      }
    } catch (SocketException reset) {
      return ""; // Closed with our bytes unread.
    }
    return new String(buffer.array(), 0, buffer.position(), ascii());
  }

  // The pipe.

  @Test
  void download_to_a_client_that_does_not_read_stops_soon_and_is_whole_at_the_end()
      throws IOException {
    long size = 100_000_000;
    long before = hop.probe.written.get();
    try (RawHttp client = hop.plain()) {
      client.send(RawHttp.request("GET", "/bytes?count=" + size, "Connection: close"));
      client.head();
      await().during(Duration.ofMillis(500)).until(() -> hop.probe.written.get(), new Unchanging());

      assertThat(hop.probe.written.get() - before).isLessThan(30_000_000);
      assertThat(drain(client)).isEqualTo(size);
    }
  }

  @Test
  void big_upload_arrives_whole() throws IOException {
    try (RawHttp client = hop.plain()) {
      client.send(RawHttp.request("POST", "/upload", "Content-Length: 50000000"));
      byte[] block = new byte[100_000];
      for (int i = 0; i < 500; i++) {
        client.socket().getOutputStream().write(block);
      }

      assertThat(client.answer().body()).isEqualTo("50000000");
    }
  }

  @Test
  void answer_ended_by_the_servers_close_is_never_short() throws Exception {
    for (int i = 0; i < 30; i++) {
      try (RawHttp client = i % 2 == 0 ? hop.plain() : hop.tls("https")) {
        client.send(RawHttp.request("GET", "/bytes?count=1048576", "Connection: close"));
        client.head();

        assertThat(drain(client)).isEqualTo(1_048_576);
      }
    }
  }

  @Test
  void client_that_shuts_its_side_right_after_the_request_gets_the_whole_answer()
      throws IOException {
    for (int i = 0; i < 50; i++) {
      try (RawHttp client = hop.plain()) {
        client.send(RawHttp.request("POST", "/upload", "Content-Length: 5") + "12345");
        client.socket().shutdownOutput();

        assertThat(client.answer().body()).isEqualTo("5");
        assertThat(client.rest()).isEmpty();
      }
    }
  }

  /** ADR 0003: BoringSSL under Netty sends nothing after the client's close_notify. */
  @Test
  void tls_client_that_closes_its_side_first_is_closed_and_leaves_nothing() throws Exception {
    try (RawHttp client = hop.tls("https")) {
      client.send(RawHttp.request("POST", "/upload", "Content-Length: 5") + "12345");
      client.socket().shutdownOutput();

      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void request_before_a_close_notify_reaches_the_server() throws Exception {
    long before = hop.probe.received.get();
    for (int i = 0; i < 20; i++) {
      try (RawHttp client = hop.tls("https")) {
        client.send(RawHttp.request("POST", "/upload", "Content-Length: 5") + "12345");
      }
    }
    await().until(() -> hop.probe.received.get() - before == 100);
  }

  @Test
  void early_answer_to_an_upload_is_not_lost_in_a_reset() throws Exception {
    for (int i = 0; i < 10; i++) {
      try (RawHttp client = i % 2 == 0 ? hop.plain() : hop.tls("https")) {
        client.send(RawHttp.request("POST", "/deaf", "Content-Length: 100000000"));
        byte[] block = new byte[100_000];
        CompletableFuture<Void> upload =
            CompletableFuture.runAsync(() -> {
              try {
                for (int n = 0; n < 20; n++) {
                  client.socket().getOutputStream().write(block);
                }
              } catch (IOException serverHungUp) {
                assertThat(serverHungUp).isNotNull();
              }
            });

        assertThat(client.answer().status()).isEqualTo(413);
        client.close();
        upload.join();
      }
    }
  }

  @Test
  void expectation_is_answered_before_the_body_is_sent() throws IOException {
    try (RawHttp client = hop.plain()) {
      client.send(RawHttp.request("POST", "/upload", "Content-Length: 3", "Expect: 100-continue"));
      assertThat(client.head()).startsWith("HTTP/1.1 100");
      client.send("abc");

      assertThat(client.answer().body()).isEqualTo("3");
    }
  }

  @Test
  void pipelined_requests_are_answered_in_order() throws IOException {
    try (RawHttp client = hop.plain()) {
      client.send(
          RawHttp.request("POST", "/upload", "Content-Length: 1")
              + "a"
              + RawHttp.request("POST", "/upload", "Content-Length: 2")
              + "ab");

      assertThat(client.answer().body()).isEqualTo("1");
      assertThat(client.answer().body()).isEqualTo("2");
    }
  }

  @Test
  void head_of_more_than_16_kib_is_refused() throws IOException {
    try (RawHttp client = hop.plain()) {
      assertThat(client.get("/whoami", "X-Long: " + "x".repeat(15_000)).status()).isEqualTo(200);
      assertThat(client.get("/whoami", "X-Long: " + "x".repeat(17_000)).status()).isEqualTo(431);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "POST /upload HTTP/1.1\r\nHos"})
  void idle_connection_and_half_a_head_end_in_time(String second) throws IOException {
    try (RawHttp client = hop.plain()) {
      client.get("/session");
      client.send(second);

      assertThat(client.socket().getInputStream().readAllBytes()).hasSizeLessThan(1000);
    }
  }

  @Test
  void stalled_body_ends_in_time() throws IOException {
    try (RawHttp client = hop.plain()) {
      client.send(RawHttp.request("POST", "/upload", "Content-Length: 10") + "abc");

      client.rest();
    }
  }

  @Test
  void three_hundred_http_connections_of_one_address_leave_room_for_another() throws IOException {
    List<RawHttp> many = new ArrayList<>();
    double before = hop.evicted("http", "http");
    try {
      try (RawHttp quiet = hop.plainFrom("127.0.0.2")) {
        assertThat(quiet.get("/whoami").status()).isEqualTo(200);
        for (int i = 0; i < 300; i++) {
          RawHttp one = hop.plain();
          many.add(one);
          one.get("/whoami");
        }
        assertThat(hop.evicted("http", "http") - before).isEqualTo(44);
        assertThat(hop.pipes()).isLessThanOrEqualTo(257);
        assertThat(many.getFirst().rest()).isEmpty();
        assertThat(many.getLast().get("/whoami").status()).isEqualTo(200);
        try (RawHttp newcomer = hop.plainFrom("127.0.0.3")) {
          assertThat(newcomer.get("/whoami").status()).isEqualTo(200);
        }
      }
    } finally {
      for (RawHttp one : many) {
        one.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void head_that_dribbles_ends_in_time(boolean afterAnother) throws Exception {
    try (RawHttp client = hop.plain()) {
      if (afterAnother) {
        assertThat(client.get("/whoami").status()).isEqualTo(200);
      }
      client.send("GET /whoami HTTP/1.1\r\nX-Long: ");

      assertThat(dribbleUntilClosed(client, HopFixture.HEAD_MAX.multipliedBy(4)))
          .isGreaterThan(Duration.ofMillis(1_900))
          .isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void body_that_dribbles_ends_in_time() throws Exception {
    try (RawHttp client = hop.plain()) {
      client.send(RawHttp.request("POST", "/upload", "Content-Length: 100000"));

      assertThat(dribbleUntilClosed(client, HopFixture.BODY_GRACE.multipliedBy(6)))
          .isGreaterThan(Duration.ofMillis(900))
          .isLessThan(Duration.ofSeconds(4));
    }
  }

  /** Sends a byte every tenth of a second: what an idle time-out never notices. */
  private static Duration dribbleUntilClosed(RawHttp client, Duration timeMax) throws IOException {
    long begin = System.nanoTime();
    client.socket().setSoTimeout(100);
    while (System.nanoTime() - begin < timeMax.toNanos()) {
      try {
        client.send("x");
        while (client.socket().getInputStream().read() >= 0) {
          // An answer to the slow request, before the end.
        }
        return Duration.ofNanos(System.nanoTime() - begin);
      } catch (SocketTimeoutException stillOpen) {
        assertThat(client.socket().isConnected()).isTrue();
      } catch (SocketException closed) {
        return Duration.ofNanos(System.nanoTime() - begin);
      }
    }
    return timeMax;
  }

  @Test
  void client_that_takes_its_answer_by_the_byte_is_cut() throws Exception {
    double before = hop.slowReaders();
    try (RawHttp client = hop.tls("https")) {
      client.send(RawHttp.request("GET", "/bytes?count=100000000"));
      client.head();

      await()
          .pollInterval(Duration.ofMillis(100))
          .pollInSameThread()
          .until(() -> {
            assertThat(client.socket().getInputStream().readNBytes(10)).hasSize(10);
            return hop.slowReaders() - before == 1;
          });
    }
  }

  @Test
  void steady_body_may_take_longer_than_the_grace() throws Exception {
    try (RawHttp client = hop.plain()) {
      client.send(RawHttp.request("POST", "/upload", "Content-Length: 2000"));
      client.socket().setSoTimeout(100);
      for (int i = 0; i < 20; i++) {
        client.send("y".repeat(100));
        if (i < 19) {
          assertThatThrownBy(() -> client.socket().getInputStream().read())
              .isInstanceOf(SocketTimeoutException.class);
        }
      }
      client.socket().setSoTimeout(10_000);

      assertThat(client.answer().body()).isEqualTo("2000");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /whoami HTTP/1.1\r\n\r\n", "GET /<script> HTTP/9\r\n\r\n"})
  void what_is_no_request_is_answered_with_a_problem_that_repeats_nothing(String sent)
      throws IOException {
    try (RawHttp client = hop.plain()) {
      client.send(sent);

      Answer answer = client.answer();
      assertThat(answer.head())
          .containsIgnoringCase("Content-Type: application/problem+json")
          .containsIgnoringCase("X-Content-Type-Options: nosniff");
      assertThat(answer.body())
          .startsWith("{\"type\":\"about:blank\",\"title\":\"")
          .contains("\"status\":" + answer.status(), "\"code\":\"")
          .doesNotContain("script", "whoami");
    }
  }

  @Test
  void container_keeps_its_files_in_the_private_folder() throws IOException {
    assertThat(mode(folder.resolve("inner/root"))).isEqualTo("rwx------");
    assertThat(folder.resolve("inner/work")).isDirectory();
    try (RawHttp client = hop.plain()) {
      assertThat(client.get("/" + hop.socket.path().getFileName()).status()).isEqualTo(404);
    }
  }

  @Test
  void thousand_connections_that_vanish_leave_room_for_the_next() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      RawHttp client = hop.plain();
      client.send("GET /whoami HT");
      client.socket().setSoLinger(true, 0);
      sockets.add(client.socket());
    }
    for (Socket socket : sockets) {
      socket.close();
    }
    try (RawHttp client = hop.plain()) {
      assertThat(client.get("/whoami").status()).isEqualTo(200);
    }
  }

  private static long drain(RawHttp client) throws IOException {
    byte[] block = new byte[64 * 1024];
    long total = 0;
    for (int n = client.socket().getInputStream().read(block); n >= 0; ) {
      total += n;
      n = client.socket().getInputStream().read(block);
    }
    return total;
  }

  /** True from the second look on at which the number is what it was at the look before. */
  private static final class Unchanging implements java.util.function.Predicate<Long> {
    private long before = -1;

    @Override
    public boolean test(Long now) {
      boolean same = now == before;
      before = now;
      return same;
    }
  }
}
