package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.platform.device.RequestConnection;
import java.io.IOException;
import java.net.SocketException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A connection rests on one credential at a time, and is cut when that is revoked. */
class InnerHopRevocationTest extends RunningHop {
  private static RequestConnection connection() {
    return Objects.requireNonNull(hop.probe.connection);
  }

  @Test
  void place_is_given_up_for_the_next_request_and_at_the_end_of_the_connection()
      throws IOException {
    try (RawHttp client = hop.plain()) {
      assertThat(client.get("/occupy").body()).isEqualTo("1");
      assertThat(client.get("/occupy").body()).as("the one before is given up").isEqualTo("1");
      assertThat(hop.probe.places).hasValue(1);
    }
    await().untilAsserted(() -> assertThat(hop.probe.places).hasValue(0));
    connection().occupy(hop.probe.places::decrementAndGet);
    assertThat(hop.probe.places).as("after the end nobody stays").hasValue(-1);
    hop.probe.places.set(0);
  }

  @Test
  void cut_resets_a_client_that_has_not_taken_its_answer() throws Exception {
    try (RawHttp client = hop.tls("https")) {
      client.get("/occupy");
      client.send(RawHttp.request("GET", "/bytes?count=100000000"));
      client.head();

      connection().cut();

      assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
    }
    await().untilAsserted(() -> assertThat(hop.probe.places).hasValue(0));
  }

  @Test
  void cut_ends_a_request_whose_body_is_still_coming() throws Exception {
    try (RawHttp client = hop.plain()) {
      client.get("/occupy");
      long before = hop.probe.received.get();
      client.send(RawHttp.request("POST", "/upload", "Content-Length: 100") + "abc");
      await().until(() -> hop.probe.received.get() == before + 3);

      connection().cut();

      assertThatThrownBy(client::head).isInstanceOf(IOException.class);
    }
    await().untilAsserted(() -> assertThat(hop.probe.places).hasValue(0));
  }
}
