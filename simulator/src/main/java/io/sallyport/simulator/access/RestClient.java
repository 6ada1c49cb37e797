package io.sallyport.simulator.access;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * REST over HTTPS as one application, with Basic authentication and full name check. Safe from any
 * thread; every call blocks, for at most {@value #CALL_SECONDS_MAX} s.
 */
public final class RestClient implements AutoCloseable {
  private static final int CALL_SECONDS_MAX = 20;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final URI base;
  private final String authorization;
  private final HttpClient http;

  /**
   * An answer.
   *
   * @param body a missing node when the answer held no JSON
   */
  public record Answer(int status, JsonNode body) {}

  /**
   * A client of the server at this address.
   *
   * @param base scheme, host and port, e.g. {@code https://localhost:8443}
   * @param caFile the trusted CA in PEM; null means the JVM's own trust store
   */
  public RestClient(URI base, @Nullable Path caFile, ApplicationLogin login) throws IOException {
    this.base = base;
    String pair = login.key() + ":" + login.token().reveal();
    this.authorization =
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(Trust.sslContext(caFile))
            .connectTimeout(Duration.ofSeconds(CALL_SECONDS_MAX))
            .build();
  }

  /** GET of a path with its query. */
  public Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  /** POST of a JSON document. */
  public Answer post(String path, JsonNode body) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  /** DELETE of a path. */
  public Answer delete(String path) throws IOException, InterruptedException {
    return send(request(path).DELETE());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(Duration.ofSeconds(CALL_SECONDS_MAX))
        .header("Accept", "application/json")
        .header("Authorization", authorization);
  }

  private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), json(response.body()));
  }

  private static JsonNode json(byte[] body) {
    if (body.length == 0) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      // An error page that isn't JSON: the status alone is judged then.
      return MissingNode.getInstance();
    }
  }
}
