package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * MQTT.js, unmodified, in a real Chromium, over WebSocket. The page comes from a web server of the
 * test's own, hence from another origin than the platform; its sources and the lock file that pins
 * MQTT.js are in {@code src/test/browser}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserTest {
  private static final Path SOURCES = Path.of("src/test/browser");
  private static final int LARGE_BYTES = 100_000;
  private static final int BURST = 500;

  private final JsonMapper json = JsonMapper.builder().build();
  private final AtomicReference<CompletableFuture<JsonNode>> result =
      new AtomicReference<>(new CompletableFuture<>());
  private final AtomicReference<String> settings = new AtomicReference<>("");
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private Path folder = Path.of("");
  private Path mqttJs = Path.of("");
  private HttpServer pages;
  private RunningServer server;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    assumeTrue(ForeignProgram.isInstalled("chromium"), "chromium is not installed");
    assumeTrue(ForeignProgram.isInstalled("npm"), "npm is not installed");
    folder = temporary;
    mqttJs = MqttJs.install(folder).resolve("dist/mqtt.min.js");
    pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    pages.setExecutor(requests);
    pages.createContext("/", this::answer);
    pages.start();
    server =
        RunningServer.in(
            folder, "websocket: { origins: [\"http://127.0.0.1:" + pagesPort() + "\"] }\n");
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
    if (pages != null) {
      pages.stop(0);
    }
    requests.close();
  }

  private int pagesPort() {
    return pages.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/result")) {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        result.get().complete(json.readTree(body));
        exchange.sendResponseHeaders(204, -1);
        return;
      }
      byte[] content =
          switch (path) {
            case "/" -> Files.readAllBytes(SOURCES.resolve("index.html"));
            case "/story.js" -> Files.readAllBytes(SOURCES.resolve("story.js"));
            case "/mqtt.min.js" -> Files.readAllBytes(mqttJs);
            case "/settings.json" -> settings.get().getBytes(UTF_8);
            default -> new byte[0];
          };
      exchange
          .getResponseHeaders()
          .set("Content-Type", path.equals("/") ? "text/html" : "text/javascript");
      exchange.sendResponseHeaders(content.length == 0 ? 404 : 200, content.length);
      exchange.getResponseBody().write(content);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/mqtt", "/"})
  void device_and_application_in_a_page_talk_with_each_other(String path) {
    JsonNode told = open("127.0.0.1", server.https(), path, false);

    assertThat(told.path("error").asString("")).as(told.toString()).isEmpty();
    JsonNode steps = told.path("steps");
    assertThat(steps.path("grantedQos").asInt()).isEqualTo(1);
    assertThat(steps.path("event").path("topic").asString())
        .isEqualTo("iot-2/type/pump/id/p1/evt/state/fmt/json");
    assertThat(steps.path("event").path("text").asString()).isEqualTo("{\"open\":true}");
    assertThat(steps.path("largeCameBack").asBoolean()).isTrue();
    assertThat(steps.path("command").path("topic").asString()).isEqualTo("iot-2/cmd/open/fmt/json");
    assertThat(steps.path("commandAfterReconnect").path("text").asString())
        .isEqualTo("{\"now\":2}");
    assertThat(steps.path("burstInOrder").asBoolean()).isTrue();
  }

  @Test
  void page_of_an_origin_that_is_not_listed_gets_no_connection() {
    JsonNode told = open("localhost", server.https(), "/mqtt", true);

    assertThat(told.path("error").asString("")).isNotEmpty();
    assertThat(told.path("steps").size()).isZero();
  }

  private JsonNode open(String host, int port, String path, boolean expectRefusal) {
    result.set(new CompletableFuture<>());
    settings.set(
        """
        {"url":"wss://localhost:%d%s","largeBytes":%d,"burst":%d,"expectRefusal":%b,
         "device":{"clientId":"d:acme01:pump:p1","user":"use-token-auth",
                   "password":"token-of-pump-one"},
         "application":{"clientId":"a:acme01:page","user":"%s","password":"%s"}}
        """
            .formatted(
                port,
                path,
                LARGE_BYTES,
                BURST,
                expectRefusal,
                RunningServer.APP_KEY,
                RunningServer.APP_TOKEN));
    List<String> command =
        List.of(
            "chromium",
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--user-data-dir=" + folder.resolve("profile-" + System.nanoTime()),
            // The one certificate of this server, by its public key; no other is excused.
            "--ignore-certificate-errors-spki-list=" + publicKeyHash(port),
            "http://" + host + ":" + pagesPort() + "/");
    try (ForeignProgram browser = ForeignProgram.start(folder, command)) {
      try {
        return result.get().get(90, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError("the page told nothing; Chromium: " + browser.output(), e);
      }
    }
  }

  private String publicKeyHash(int port) {
    try (SSLSocket socket = (SSLSocket) server.socket(port)) {
      X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(leaf.getPublicKey().getEncoded());
      return Base64.getEncoder().encodeToString(hash);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
