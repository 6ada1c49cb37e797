package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.web.hop.RawHttp.Answer;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are too big, too slow, too many or none. */
class InnerHopLimitsTest extends RunningHop {
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
}
