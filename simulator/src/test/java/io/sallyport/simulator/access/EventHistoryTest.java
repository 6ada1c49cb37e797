package io.sallyport.simulator.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventHistoryTest {
  private static final DeviceLogin DEVICE = new DeviceLogin("room", "r1", Secret.of("t"));
  private static final String PATH = "/api/v1/tenants/acme01/devices/room/r1/events?limit=2";

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private RestClient rest;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    rest =
        new RestClient(
            URI.create("http://localhost:" + server.getAddress().getPort()),
            null,
            new ApplicationLogin("a-acme01-abcdefghij", Secret.of("token")));
  }

  @AfterEach
  void stop() {
    rest.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
    String body = answers.get(exchange.getRequestURI().toString());
    byte[] bytes = (body == null ? "{}" : body).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(body == null ? 404 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String event(String position, String payload) {
    return "{\"position\":\"%s\",\"name\":\"reading\",\"format\":\"json\",%s}"
        .formatted(position, payload);
  }

  @Test
  void pages_are_followed_to_the_last_one() throws Exception {
    answers.put(
        PATH,
        "{\"items\":[%s,%s],\"next\":\"n1\"}"
            .formatted(event("3", "\"payload\":{\"b\":1,\"a\":2.5}"), event("2", "\"payload\":1")));
    answers.put(PATH + "&next=n1", "{\"items\":[" + event("1", "\"payload\":[true]") + "]}");
    List<String> payloads = new ArrayList<>();
    new EventHistory(rest, "acme01").readAll(DEVICE, 2, event -> payloads.add(event.payload()));
    assertThat(payloads).containsExactly("{\"a\":2.5,\"b\":1}", "1", "[true]");
    assertThat(authorizations)
        .allMatch(header ->
            header.equals(
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(
                            "a-acme01-abcdefghij:token".getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void a_payload_that_is_not_json_comes_as_base64() throws Exception {
    answers.put(PATH, "{\"items\":[" + event("1", "\"payloadBase64\":\"aGk=\"") + "]}");
    List<String> payloads = new ArrayList<>();
    new EventHistory(rest, "acme01").readAll(DEVICE, 2, event -> payloads.add(event.payload()));
    assertThat(payloads).containsExactly("hi");
  }

  @Test
  void a_page_that_points_to_itself_does_not_loop() {
    answers.put(PATH, "{\"items\":[],\"next\":\"n1\"}");
    answers.put(PATH + "&next=n1", "{\"items\":[],\"next\":\"n1\"}");
    assertThatThrownBy(() -> new EventHistory(rest, "acme01").readAll(DEVICE, 2, event -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("repeats");
  }

  @Test
  void a_refusal_is_told_with_its_status() {
    assertThatThrownBy(() -> new EventHistory(rest, "other1").readAll(DEVICE, 2, event -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("404");
  }
}
