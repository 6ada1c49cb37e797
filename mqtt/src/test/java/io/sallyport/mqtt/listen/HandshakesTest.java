package io.sallyport.mqtt.listen;

import static io.sallyport.mqtt.listen.FrontFixture.listener;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslProvider;
import io.sallyport.mqtt.listen.ListenerConfig.Encryption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How TLS handshakes share the machine with clients that are connected (THREATS T21). */
class HandshakesTest {
  private static final int CONNECTIONS_AT_ONCE = 48;

  @TempDir private Path folder;

  private static FrontFixture fixture(Transport transport, Duration stayMin) {
    return new FrontFixture(
        transport,
        ListenerTls.bestProvider(),
        config -> config.with(new ListenConfig.Handshakes(100, stayMin, 100)),
        listener("mqtts", Encryption.TLS));
  }

  private static double hellos(FrontFixture fixture, String line) {
    return fixture.count("sallyport.listen.hellos", "line", line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void client_with_a_ticket_of_ours_does_not_wait_among_strangers(String version)
      throws IOException {
    try (FrontFixture fixture = fixture(Transport.best(1), Duration.ofHours(1))) {
      InetSocketAddress door = fixture.address("mqtts");
      String ticket = folder.resolve("ticket").toString();
      OpenSslClient.talk(door, RecordingInlet.ONE_SHOT, version, "-sess_out", ticket);
      assertThat(hellos(fixture, "strangers")).isEqualTo(1);

      OpenSslClient.talk(door, RecordingInlet.ONE_SHOT, version, "-sess_in", ticket);

      assertThat(hellos(fixture, "again")).isEqualTo(1);

      fixture.front.forgetTickets();
      OpenSslClient.talk(door, RecordingInlet.ONE_SHOT, version, "-sess_in", ticket);
      assertThat(hellos(fixture, "strangers")).isEqualTo(2);
    }
  }

  @Test
  void address_has_been_seen_once_a_connection_from_it_has_stayed() throws Exception {
    try (FrontFixture fixture = fixture(Transport.best(1), Duration.ofMillis(300))) {
      InetSocketAddress door = fixture.address("mqtts");
      OpenSslClient.talk(door, RecordingInlet.ONE_SHOT);
      OpenSslClient.talk(door, RecordingInlet.ONE_SHOT);
      assertThat(hellos(fixture, "strangers")).as("a handshake alone is not enough").isEqualTo(2);

      try (SSLSocket staying = client(fixture)) {
        exchange(staying);
        long until = System.nanoTime() + Duration.ofMillis(350).toNanos();
        await().until(() -> System.nanoTime() > until);
      }
      await()
          .until(() -> {
            OpenSslClient.talk(door, RecordingInlet.ONE_SHOT);
            return hellos(fixture, "again") == 1;
          });
    }
  }

  @Test
  void remembered_addresses_are_bounded_and_the_longest_unseen_goes_first() throws Exception {
    Handshakes handshakes =
        new Handshakes(new ListenConfig.Handshakes(2, Duration.ofSeconds(1), 1));
    long stay = Duration.ofSeconds(1).toNanos();
    handshakes.stayed(InetAddress.getByName("192.0.2.1"), stay);
    handshakes.stayed(InetAddress.getByName("192.0.2.2"), stay);
    assertThat(handshakes.knows(InetAddress.getByName("192.0.2.1"))).isTrue();
    handshakes.stayed(InetAddress.getByName("192.0.2.3"), stay);
    handshakes.stayed(InetAddress.getByName("192.0.2.4"), stay - 1);

    assertThat(handshakes.knows(InetAddress.getByName("192.0.2.1"))).isTrue();
    assertThat(handshakes.knows(InetAddress.getByName("192.0.2.2"))).isFalse();
    assertThat(handshakes.knows(InetAddress.getByName("192.0.2.3"))).isTrue();
    assertThat(handshakes.knows(InetAddress.getByName("192.0.2.4"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void many_connections_move_from_handshake_to_engine_without_losing_a_byte(boolean nio)
      throws Exception {
    Transport transport = nio ? Transport.nio(2) : Transport.best(2);
    try (FrontFixture fixture = fixture(transport, Duration.ofHours(1));
        ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS_AT_ONCE)) {
      SSLContext context = FrontFixture.trustingClient();
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        int number = i;
        done.add(
            clients.submit(() -> {
              if (number % 4 == 0) {
                hangUpAnywhere(fixture, new Random(number));
                return null;
              }
              try (SSLSocket socket = client(fixture, context)) {
                exchange(socket);
                exchange(socket);
              }
              return null;
            }));
      }
      for (Future<?> one : done) {
        one.get(60, TimeUnit.SECONDS);
      }

      await().until(() -> fixture.meters.get("sallyport.listen.connections").gauge().value() == 0);
      await().until(() -> fixture.meters.get("sallyport.listen.pending").gauge().value() == 0);
      assertThat(fixture.inlet.seen()).hasSize(300);
    }
  }

  /** Sends some part of a real ClientHello, or nothing, and resets. */
  private static void hangUpAnywhere(FrontFixture fixture, Random random) throws IOException {
    byte[] hello = HexFormat.of().parseHex(HELLO.replace("\n", ""));
    try (Socket socket = fixture.connect("mqtts")) {
      socket.setSoLinger(true, 0);
      socket.getOutputStream().write(hello, 0, random.nextInt(hello.length + 1));
      if (random.nextBoolean()) {
        socket.getOutputStream().flush();
      }
    }
  }

  @Test
  void connected_client_is_served_while_hundreds_of_strangers_shake_hands() throws Exception {
    try (FrontFixture fixture = fixture(Transport.best(1), Duration.ofHours(1));
        SSLSocket connected = client(fixture);
        ExecutorService strangers = Executors.newFixedThreadPool(CONNECTIONS_AT_ONCE)) {
      exchange(connected);
      byte[] hello = HexFormat.of().parseHex(HELLO.replace("\n", ""));
      for (int i = 0; i < 2_000; i++) {
        strangers.execute(() -> {
          // Costs the server its whole first flight, signature included, and the client nothing.
          try (Socket socket = fixture.connect("mqtts")) {
            socket.getOutputStream().write(hello);
            socket.getInputStream().read();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
      }
      strangers.shutdown();
      List<Duration> waits = new ArrayList<>();
      while (!strangers.isTerminated() || waits.size() < 50) {
        long before = System.nanoTime();
        exchange(connected);
        waits.add(Duration.ofNanos(System.nanoTime() - before));
      }

      waits.sort(null);
      System.out.println(
          "answers to the connected client: "
              + waits.size()
              + ", median "
              + waits.get(waits.size() / 2)
              + ", 99 % "
              + waits.get(waits.size() * 99 / 100)
              + ", slowest "
              + waits.getLast());
      assertThat(hellos(fixture, "strangers")).isEqualTo(2_001);
      assertThat(waits.get(waits.size() * 99 / 100)).isLessThan(Duration.ofMillis(100));
    }
  }

  @Test
  void jdk_provider_moves_connections_as_well() throws Exception {
    try (FrontFixture fixture =
            new FrontFixture(
                Transport.nio(1),
                SslProvider.JDK,
                config -> config,
                listener("mqtts", Encryption.TLS));
        SSLSocket socket = client(fixture)) {
      exchange(socket);
      assertThat(fixture.inlet.seen()).hasSize(1);
    }
  }

  @Test
  void hello_in_single_bytes_is_read_as_one() throws IOException {
    byte[] hello = HexFormat.of().parseHex(HELLO.replace("\n", ""));
    for (int length = 0; length < hello.length; length++) {
      ByteBuf part = Unpooled.wrappedBuffer(hello, 0, length);
      assertThat(ClientHello.isDecided(part)).as("%s bytes", length).isFalse();
      assertThat(ClientHello.ticket(part)).isEmpty();
    }
    assertThat(ClientHello.isDecided(Unpooled.wrappedBuffer(hello))).isTrue();
    assertThat(ClientHello.ticket(Unpooled.wrappedBuffer(hello))).isEmpty();
  }

  @Test
  void spoilt_hello_harms_nobody() {
    long seed = System.nanoTime();
    System.out.println("seed of spoilt_hello_harms_nobody: " + seed);
    Random random = new Random(seed);
    byte[] hello = HexFormat.of().parseHex(HELLO.replace("\n", ""));
    for (int i = 0; i < 20_000; i++) {
      byte[] spoilt = Arrays.copyOf(hello, 1 + random.nextInt(hello.length));
      for (int flips = random.nextInt(6); flips >= 0; flips--) {
        spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
      }
      ByteBuf bytes = Unpooled.wrappedBuffer(spoilt);
      boolean decided = ClientHello.isDecided(bytes);
      Optional<byte[]> ticket = ClientHello.ticket(bytes);
      assertThat(decided || ticket.isEmpty()).isTrue();
    }
  }

  private static SSLSocket client(FrontFixture fixture) throws Exception {
    return client(fixture, FrontFixture.trustingClient());
  }

  private static SSLSocket client(FrontFixture fixture, SSLContext context) throws IOException {
    InetSocketAddress address = fixture.address("mqtts");
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void exchange(SSLSocket client) throws IOException {
    client.getOutputStream().write(RecordingInlet.STAYING);
    assertThat(client.getInputStream().readNBytes(RecordingInlet.STAYING.length))
        .isEqualTo(RecordingInlet.STAYING);
  }

  /** A ClientHello for TLS 1.3, written by hand; its key share is the point of RFC 7748. */
  private static final String HELLO =
      """
      1603010098010000940303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c
      1d1e1f20000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00021301
      01000049002b0003020304000a00040002001d000d0006000404030804003300260024001d002085
      20f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a002d00020101\
      """;
}
