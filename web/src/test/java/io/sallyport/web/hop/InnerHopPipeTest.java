package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Bytes through the hop: whole, in order, and no more of them in memory than must be. */
class InnerHopPipeTest extends RunningHop {
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
