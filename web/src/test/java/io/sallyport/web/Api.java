package io.sallyport.web;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the application as a client would: over TLS, with a key and its token. */
final class Api {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final MockMvc mvc;

  Api(MockMvc mvc) {
    this.mvc = mvc;
  }

  Answer get(@Nullable Login login, String path) {
    return call(login, HttpMethod.GET, path, null, request -> {});
  }

  Answer post(@Nullable Login login, String path, @Nullable String body) {
    return call(login, HttpMethod.POST, path, body, request -> {});
  }

  Answer patch(@Nullable Login login, String path, String body) {
    return call(login, HttpMethod.PATCH, path, body, request -> {});
  }

  Answer delete(@Nullable Login login, String path) {
    return call(login, HttpMethod.DELETE, path, null, request -> {});
  }

  Answer call(
      @Nullable Login login,
      HttpMethod method,
      String path,
      @Nullable String body,
      Consumer<MockHttpServletRequestBuilder> change) {
    MockHttpServletRequestBuilder request =
        request(method, URI.create(path)).secure(true).header("Host", "localhost:8443");
    if (login != null) {
      request.header("Authorization", login.header());
    }
    if (body != null) {
      request.contentType(MediaType.APPLICATION_JSON).content(body);
    }
    change.accept(request);
    try {
      return new Answer(mvc.perform(request).andReturn().getResponse());
    } catch (Exception e) {
      throw new AssertionError("the call threw instead of answering", e);
    }
  }

  /** A key and its token. */
  record Login(String key, String token) {
    String header() {
      return "Basic "
          + java.util.Base64.getEncoder()
              .encodeToString((key + ":" + token).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** What came back. */
  record Answer(MockHttpServletResponse response) {
    int status() {
      return response.getStatus();
    }

    String body() {
      return new String(response.getContentAsByteArray(), StandardCharsets.UTF_8);
    }

    JsonNode json() {
      return JSON.readTree(body());
    }

    String text(String member) {
      return json().path(member).asString("");
    }

    String code() {
      return text("code");
    }

    @Nullable String header(String name) {
      return response.getHeader(name);
    }

    @Override
    public String toString() {
      return status() + " " + body();
    }
  }
}
