package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.sallyport.platform.certificate.UnverifiedChain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes to the inner socket without having passed the front. */
class InnerHopStrangerTest extends RunningHop {
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
        1,
        "http",
        remote,
        remote,
        false,
        "",
        "",
        Optional.empty(),
        UnverifiedChain.NONE,
        false,
        () -> {});
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

  @Test
  void container_keeps_its_files_in_the_private_folder() throws IOException {
    assertThat(mode(folder.resolve("inner/root"))).isEqualTo("rwx------");
    assertThat(folder.resolve("inner/work")).isDirectory();
    try (RawHttp client = hop.plain()) {
      assertThat(client.get("/" + hop.socket.path().getFileName()).status()).isEqualTo(404);
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
}
