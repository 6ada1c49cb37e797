package io.sallyport.server.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Speaks the native REST API for one command. */
final class Api implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final JsonMapper json = JsonMapper.builder().build();
  private final HttpClient client;
  private final URI base;
  private final String authorization;
  private final Runnable onClose;

  /**
   * @param base e.g. {@code https://localhost:8443}
   */
  Api(HttpClient client, URI base, String key, String token, Runnable onClose) {
    this.client = client;
    this.base = base;
    this.authorization =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((key + ":" + token).getBytes(StandardCharsets.UTF_8));
    this.onClose = onClose;
  }

  /** Escapes one path segment. */
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  ObjectNode object() {
    return json.createObjectNode();
  }

  JsonNode get(String path) {
    return call("GET", path, Optional.empty()).orElseGet(json::createObjectNode);
  }

  JsonNode post(String path, JsonNode body) {
    return call("POST", path, Optional.of(body)).orElseGet(json::createObjectNode);
  }

  JsonNode patch(String path, JsonNode body) {
    return call("PATCH", path, Optional.of(body)).orElseGet(json::createObjectNode);
  }

  void delete(String path) {
    call("DELETE", path, Optional.empty());
  }

  /** Gives every item of a paged list to {@code each}. */
  void list(String path, Consumer<JsonNode> each) {
    String address = path;
    while (true) {
      JsonNode page = get(address);
      page.path("items").forEach(each);
      String next = page.path("next").asString("");
      if (next.isEmpty()) {
        return;
      }
      address = path + (path.contains("?") ? "&" : "?") + "next=" + next;
    }
  }

  String pretty(JsonNode node) {
    return json.writerWithDefaultPrettyPrinter().writeValueAsString(node);
  }

  private Optional<JsonNode> call(String method, String path, Optional<JsonNode> body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(PATIENCE)
            .header("Authorization", authorization)
            .header("Accept", "application/json, application/problem+json");
    if (body.isPresent()) {
      request.header("Content-Type", "application/json");
      request.method(method, BodyPublishers.ofString(json.writeValueAsString(body.get())));
    } else {
      request.method(method, BodyPublishers.noBody());
    }
    HttpResponse<String> response;
    try {
      response = client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new CallFailed(
          "can't reach "
              + base
              + " ("
              + e
              + "); give --url and --ca, or --data for a stopped installation",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallFailed("interrupted", e);
    }
    if (response.statusCode() >= 400) {
      throw new CallFailed(problemText(response));
    }
    return response.body().isEmpty()
        ? Optional.empty()
        : Optional.of(json.readTree(response.body()));
  }

  private String problemText(HttpResponse<String> response) {
    String text = "the platform answered " + response.statusCode();
    try {
      JsonNode problem = json.readTree(response.body());
      String detail = problem.path("detail").asString(problem.path("title").asString(""));
      String refusal = problem.path("refusal").asString("");
      return text
          + (detail.isEmpty() ? "" : ": " + detail)
          + (refusal.isEmpty() ? "" : " (explain with: ./sallyport explain " + refusal + ")");
    } catch (JacksonException e) {
      return text + " without a JSON body";
    }
  }

  @Override
  public void close() {
    client.close();
    onClose.run();
  }
}
