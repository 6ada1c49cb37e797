package io.sallyport.mqtt.listen;

import static io.sallyport.mqtt.listen.FrontFixture.listener;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.listen.ListenerConfig.Encryption;
import io.sallyport.mqtt.listen.ListenerConfig.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrontTest {
  private static final ListenerConfig PLAIN = listener("mqtt", Encryption.PLAIN);

  private static ListenConfig impatient(ListenConfig config) {
    return new ListenConfig(
        config.listeners(),
        Duration.ofMillis(300),
        Duration.ofMillis(300),
        config.innerConnectTimeMax(),
        config.stallTimeMax(),
        config.answerBytesPerSecondMin(),
        config.farewellTimeMax(),
        config.pipeLowWaterBytes(),
        config.pipeHighWaterBytes(),
        config.acceptPause(),
        config.ticketRotation(),
        config.webSocket(),
        config.handshakes());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mqtt_reaches_the_engine_with_its_first_bytes_and_the_clients_address(boolean nio)
      throws IOException {
    Transport transport = nio ? Transport.nio(1) : Transport.best(1);
    try (FrontFixture fixture =
            new FrontFixture(
                transport, ListenerTls.bestProvider(), UnaryOperator.identity(), PLAIN);
        Socket client = fixture.connect("mqtt")) {
      client.getOutputStream().write(RecordingInlet.STAYING);

      assertThat(client.getInputStream().readNBytes(RecordingInlet.STAYING.length))
          .isEqualTo(RecordingInlet.STAYING);
      ConnectionInfo info = fixture.inlet.last();
      assertThat(info.listener()).isEqualTo("mqtt");
      assertThat(info.remote()).isEqualTo(client.getLocalSocketAddress());
      assertThat(info.local()).isEqualTo(client.getRemoteSocketAddress());
      assertThat(info.secure()).isFalse();
      assertThat(info.peerCertificates()).isEmpty();
    }
  }

  @Test
  void several_addresses_of_a_listener_share_its_port() {
    ListenerConfig two =
        ListenerConfig.of(
            "mqtt",
            List.of("127.0.0.1", "127.0.0.2"),
            0,
            "--port-offset",
            Encryption.PLAIN,
            true,
            HttpPolicy.NONE);

    try (FrontFixture fixture = FrontFixture.with(two)) {
      List<InetSocketAddress> bound =
          fixture.front.listeners().stream().map(BoundListener::address).toList();
      assertThat(bound).hasSize(2);
      assertThat(bound.get(0).getPort()).isPositive().isEqualTo(bound.get(1).getPort());
    }
  }

  @Test
  void taken_port_is_named_together_with_the_option_and_nothing_stays_open() throws IOException {
    try (ServerSocket other = new ServerSocket()) {
      other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = other.getLocalPort();
      ListenerConfig taken =
          ListenerConfig.of(
              "mqtts",
              List.of("127.0.0.1"),
              port,
              "--port-offset",
              Encryption.PLAIN,
              true,
              HttpPolicy.NONE);

      assertThatThrownBy(() -> FrontFixture.with(PLAIN, taken))
          .isInstanceOf(ListenException.class)
          .hasMessage(
              "Cannot listen on 127.0.0.1:"
                  + port
                  + " (mqtts): the port is taken by another program. Choose another with"
                  + " --port-offset.");
    }
  }

  @Test
  void unknown_protocol_is_closed_without_an_answer() throws IOException {
    try (FrontFixture fixture = FrontFixture.with(PLAIN);
        Socket client = fixture.connect("mqtt")) {
      client.getOutputStream().write("SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(readToEnd(client)).isEmpty();
      await()
          .until(
              () -> fixture.count("sallyport.listen.refused", "reason", "unknown_protocol") == 1);
    }
  }

  @Test
  void http_is_closed_where_the_listener_has_none() throws IOException {
    ListenerConfig mqttOnly =
        ListenerConfig.of(
            "mqtt", List.of("127.0.0.1"), 0, "-p", Encryption.PLAIN, true, HttpPolicy.NONE);

    try (FrontFixture fixture = FrontFixture.with(mqttOnly);
        Socket client = fixture.connect("mqtt")) {
      client.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(readToEnd(client)).isEmpty();
      assertThat(fixture.inlet.seen()).isEmpty();
    }
  }

  @Test
  void mqtt_is_closed_where_the_listener_has_none() throws IOException {
    ListenerConfig httpOnly =
        ListenerConfig.of(
            "http", List.of("127.0.0.1"), 0, "-p", Encryption.PLAIN, false, HttpPolicy.ALL);

    try (FrontFixture fixture = FrontFixture.with(httpOnly);
        Socket client = fixture.connect("http")) {
      client.getOutputStream().write(RecordingInlet.STAYING);

      assertThat(readToEnd(client)).isEmpty();
      assertThat(fixture.inlet.seen()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GE"})
  void connection_that_does_not_show_its_protocol_in_time_is_closed(String sent)
      throws IOException {
    try (FrontFixture fixture =
            new FrontFixture(
                Transport.best(1), ListenerTls.bestProvider(), FrontTest::impatient, PLAIN);
        Socket client = fixture.connect("mqtt")) {
      client.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));

      assertThat(readToEnd(client)).isEmpty();
      await().until(() -> fixture.count("sallyport.listen.refused", "reason", "silent") == 1);
    }
  }

  @Test
  void silent_handshake_is_closed_in_time() throws IOException {
    try (FrontFixture fixture =
            new FrontFixture(
                Transport.best(1),
                ListenerTls.bestProvider(),
                FrontTest::impatient,
                listener("mqtts", Encryption.TLS));
        Socket client = fixture.connect("mqtts")) {
      readToEnd(client);

      await().until(() -> fixture.count("sallyport.listen.handshakes", "reason", "timeout") == 1);
    }
  }

  @Test
  void connections_above_the_limit_are_closed_at_once() throws IOException {
    ListenerConfig one = PLAIN.with(new Limits(1, 16, 16, 16, 16));

    try (FrontFixture fixture = FrontFixture.with(one)) {
      try (Socket first = fixture.connect("mqtt")) {
        first.getOutputStream().write(RecordingInlet.STAYING);
        assertThat(first.getInputStream().read()).isEqualTo(0x10);
        try (Socket second = fixture.connect("mqtt")) {
          assertThat(readToEnd(second)).isEmpty();
        }
        assertThat(fixture.count("sallyport.listen.refused", "reason", "connections_max"))
            .isEqualTo(1);
      }
      await().until(() -> fixture.meters.get("sallyport.listen.connections").gauge().value() == 0);
      try (Socket third = fixture.connect("mqtt")) {
        third.getOutputStream().write(RecordingInlet.STAYING);
        assertThat(third.getInputStream().read()).isEqualTo(0x10);
      }
    }
  }

  @Test
  void three_hundred_silent_connections_of_one_address_leave_room_for_another() throws IOException {
    ListenerConfig full = PLAIN.with(new Limits(10_000, 256, 256, 256, 256));
    List<Socket> silent = new ArrayList<>();
    try (FrontFixture fixture = FrontFixture.with(full)) {
      for (int i = 0; i < 300; i++) {
        silent.add(fixture.connect("mqtt"));
      }
      await()
          .until(() ->
              fixture.count("sallyport.listen.evicted", "stage", "pending")
                      + fixture.count("sallyport.listen.refused", "reason", "crowded")
                  == 44);
      await().until(() -> pending(fixture) == 256);

      double evicted = fixture.count("sallyport.listen.evicted", "stage", "pending");
      try (Socket newcomer = connectFrom("127.0.0.2", fixture)) {
        await()
            .until(
                () -> fixture.count("sallyport.listen.evicted", "stage", "pending") == evicted + 1);
        newcomer.getOutputStream().write(RecordingInlet.STAYING);
        assertThat(newcomer.getInputStream().read()).isEqualTo(0x10);
      }
      // A neighbour of the many gets in, too, once one of them has been silent for a moment.
      await()
          .untilAsserted(() -> {
            try (Socket neighbour = fixture.connect("mqtt")) {
              neighbour.getOutputStream().write(RecordingInlet.STAYING);
              assertThat(neighbour.getInputStream().read()).isEqualTo(0x10);
            }
          });
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void clients_that_have_shown_mqtt_do_not_count_among_the_pending() throws IOException {
    ListenerConfig onePending = PLAIN.with(new Limits(100, 1, 1, 1, 1));
    try (FrontFixture fixture = FrontFixture.with(onePending);
        Socket first = fixture.connect("mqtt")) {
      first.getOutputStream().write(RecordingInlet.STAYING);
      assertThat(first.getInputStream().readNBytes(RecordingInlet.STAYING.length)).hasSize(6);
      try (Socket second = fixture.connect("mqtt")) {
        second.getOutputStream().write(RecordingInlet.STAYING);
        assertThat(second.getInputStream().read()).isEqualTo(0x10);
      }
      first.getOutputStream().write('x');
      assertThat(first.getInputStream().read()).isEqualTo('x');
      assertThat(fixture.count("sallyport.listen.evicted")).isZero();
      assertThat(pending(fixture)).isZero();
    }
  }

  private static double pending(FrontFixture fixture) {
    return fixture.meters.get("sallyport.listen.pending").gauge().value();
  }

  private static Socket connectFrom(String source, FrontFixture fixture) throws IOException {
    InetSocketAddress door = fixture.address("mqtt");
    Socket socket = new Socket(door.getAddress(), door.getPort(), InetAddress.getByName(source), 0);
    socket.setSoTimeout(10_000);
    return socket;
  }

  @Test
  void unbound_front_refuses_newcomers_and_keeps_those_inside() throws IOException {
    try (FrontFixture fixture = FrontFixture.with(PLAIN);
        Socket inside = fixture.connect("mqtt")) {
      InetSocketAddress address = fixture.address("mqtt");
      inside.getOutputStream().write(RecordingInlet.STAYING);
      assertThat(inside.getInputStream().readNBytes(RecordingInlet.STAYING.length)).hasSize(6);

      fixture.front.unbind();

      assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()))
          .isInstanceOf(SocketException.class);
      inside.getOutputStream().write('x');
      assertThat(inside.getInputStream().read()).isEqualTo('x');
    }
  }

  private static byte[] readToEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (SocketException reset) {
      return new byte[0]; // Closed with unread bytes: a reset, and no answer either.
    }
  }
}
