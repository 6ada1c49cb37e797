package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.watson.testing.WatsonFixture;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests and answers of watson-iot.md sections 8 and 9, each test in a tenant of its own. */
abstract class WatsonRestCalls {
  private static final JsonMapper JSON = new JsonMapper();
  private static final AtomicInteger NEXT_TENANT = new AtomicInteger();

  private final MockMvc mvc;
  final WatsonFixture watson;
  final ReadBudget budget;
  Tenant tenant;
  IssuedApiKey standard;

  WatsonRestCalls(MockMvc mvc, WatsonFixture watson, ReadBudget budget) {
    this.mvc = mvc;
    this.budget = budget;
    this.watson = watson;
    this.tenant = watson.acme;
    this.standard = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
  }

  /** Each test has a tenant of its own. */
  @BeforeEach
  void make_a_tenant() {
    tenant = watson.domain.aTenant(String.format("t%05d", NEXT_TENANT.incrementAndGet()));
    standard = watson.domain.anApiKey(tenant, Role.STANDARD_APPLICATION);
  }

  /** A request in the making. */
  final class Call {
    final MockHttpServletRequestBuilder request;

    Call(String method, String path) {
      request =
          MockMvcRequestBuilders.request(
                  HttpMethod.valueOf(method), URI.create("/api/v0002" + path))
              .secure(true)
              .header("Host", tenant.id() + "." + WatsonFixture.DOMAIN)
              .contentType("application/json");
    }

    Call as(String user, String token) {
      request.header(
          "Authorization",
          "Basic "
              + Base64.getEncoder()
                  .encodeToString((user + ":" + token).getBytes(StandardCharsets.UTF_8)));
      return this;
    }

    Call as(IssuedApiKey key) {
      return as(key.key().key(), key.token().revealText());
    }

    Call body(String json) {
      request.content(json);
      return this;
    }

    Call header(String name, String value) {
      request.header(name, value);
      return this;
    }

    Answer send() {
      try {
        return new Answer(mvc.perform(request).andReturn().getResponse());
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }
  }

  record Answer(MockHttpServletResponse response) {
    int status() {
      return response.getStatus();
    }

    JsonNode json() {
      return JSON.readTree(response.getContentAsByteArray());
    }

    Answer is(int status) {
      assertThat(status())
          .as(new String(response.getContentAsByteArray(), StandardCharsets.UTF_8))
          .isEqualTo(status);
      return this;
    }
  }

  Call call(String method, String path) {
    return new Call(method, path).as(standard);
  }

  Answer get(String path) {
    return call("GET", path).send();
  }

  RegisteredDevice device(String type, String id) {
    return watson.domain.aDevice(tenant).ofType(type).withId(id).register();
  }

  void type(String id) {
    call("POST", "/device/types").body("{\"id\":\"" + id + "\"}").send().is(201);
  }

  static String text(JsonNode json, String... path) {
    JsonNode at = json;
    for (String name : path) {
      at = at.path(name);
    }
    return at.asString();
  }
}
