package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.web.Api.Answer;
import io.sallyport.web.Api.Login;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;

/** What every route does with requests that are not as they should be. */
@ApiTest
final class ApiEdgeTest {
  @Autowired private MockMvc mvc;
  @Autowired private TestPlatform platform;

  private Api api;
  private String tenant;
  private Login admin;
  private String devices;

  @BeforeEach
  void setUp() {
    api = new Api(mvc);
    tenant = platform.newTenant();
    admin = platform.administrator(tenant);
    platform.type(tenant, "pump");
    devices = "/api/v1/tenants/" + tenant + "/devices";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic bm9jb2xvbg==",
        "Basic OnRva2Vu",
        "Bearer abc",
        "Digest username=x"
      })
  void a_malformed_credential_is_refused_as_none(String header) {
    Answer answer =
        api.call(
            null,
            HttpMethod.GET,
            devices,
            null,
            request -> request.header("Authorization", header));

    assertThat(answer.status()).isEqualTo(401);
  }

  @Test
  void an_endless_credential_is_refused() {
    Answer answer = api.get(new Login("a".repeat(5000), "t"), devices);

    assertThat(answer.status()).isEqualTo(401);
  }

  @Test
  void a_throttled_login_is_told_to_try_later() {
    Answer answer = api.get(new Login(TestPlatform.THROTTLED_KEY, "t"), devices);

    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.code()).isEqualTo("try-later");
    assertThat(answer.header("Retry-After")).isEqualTo("1");
  }

  @Test
  void a_login_that_fails_by_a_fault_is_answered_without_its_text() {
    Answer answer = api.get(new Login(TestPlatform.FAULTY_KEY, "t"), devices);

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.code()).isEqualTo("fault");
    assertThat(answer.text("refusal")).hasSize(22);
    assertThat(answer.body()).doesNotContain("broken");
  }

  @Test
  void a_page_of_our_own_origin_may_write() {
    Answer answer =
        api.call(
            admin,
            HttpMethod.POST,
            devices,
            "{\"type\":\"pump\",\"id\":\"p1\"}",
            request ->
                request
                    .header("Origin", "https://localhost:8443")
                    .header("Sec-Fetch-Site", "same-origin"));

    assertThat(answer.status()).isEqualTo(201);
  }

  @Test
  void an_unknown_route_is_a_problem_too() {
    for (String path : new String[] {"/api/v1", "/api/v1/", "/api/v1/nothing/here"}) {
      Answer answer = api.get(admin, path);

      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.code()).isEqualTo("not-found");
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }
  }

  @Test
  void a_method_that_a_route_lacks_is_named_with_those_it_has() {
    Answer answer = api.call(admin, HttpMethod.PUT, devices, "{}", request -> {});

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.code()).isEqualTo("method-not-allowed");
    assertThat(answer.header("Allow")).contains("GET", "POST");
  }

  @Test
  void a_browser_that_wants_html_gets_json() {
    Answer answer =
        api.call(
            admin, HttpMethod.GET, devices, null, request -> request.header("Accept", "text/html"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith("application/json");
  }

  @Test
  void a_body_that_is_no_json_type_is_refused() {
    Answer answer =
        api.call(
            admin,
            HttpMethod.POST,
            devices,
            null,
            request -> request.contentType(MediaType.TEXT_PLAIN).content("{}"));

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.code()).isEqualTo("unsupported-media-type");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"pump\",\"id\":\"p1\",\"colour\":1} | unknown member 'colour'",
        "{\"type\":\"pump\",\"id\":\"p1\",\"info\":{\"size\":1}} | unknown member 'size'",
        "{\"type\":\"pump\"} | member 'id' is missing",
        "{\"type\":\"pump\",\"id\":7} | member 'id' has the wrong type",
        "{\"type\":\"pump\",\"id\":null} | member 'id' is missing",
        "{\"type\":\"pump\",\"id\":[]} | member 'id' has the wrong type",
        "{\"type\":\"pump\",\"id\":\"a/b\"} | member 'id' must be",
        "{\"type\":\"p ump\",\"id\":\"a\"} | member 'type' must be",
        "{\"type\":\"pump\",\"id\":\"a\",\"metadata\":[1]} | member 'metadata' must be",
        "{\"type\":\"pump\",\"id\":\"a\",\"id\":\"b\"} | is not JSON, or names a member twice",
        "{\"type\":\"pump\" | is not JSON",
        "{} trailing | is not JSON",
        "[] | must be a JSON object",
        "null | must be a JSON object",
        "\"text\" | must be a JSON object",
        "{'type':'pump'} | is not JSON"
      })
  void a_bad_body_is_refused_and_what_is_wrong_is_named(String body, String detail) {
    Answer answer = api.post(admin, devices, body);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("invalid");
    assertThat(answer.text("detail")).contains(detail);
  }

  @Test
  void a_missing_body_is_refused() {
    Answer answer =
        api.call(
            admin,
            HttpMethod.POST,
            devices,
            null,
            request -> request.contentType(MediaType.APPLICATION_JSON));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("invalid");
  }

  @Test
  void json_deeper_than_64_levels_is_refused() {
    String deep = "{\"a\":".repeat(70) + "1" + "}".repeat(70);

    Answer answer =
        api.post(admin, devices, "{\"type\":\"pump\",\"id\":\"p1\",\"metadata\":" + deep + "}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("detail")).contains("deeper than 64");
  }

  @Test
  void a_body_over_one_mebibyte_is_refused() {
    String body = "{\"type\":\"" + "x".repeat(1 << 20) + "\"}";

    Answer answer = api.post(admin, devices, body);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.code()).isEqualTo("too-large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1001", "999999999999", "many", ""})
  void a_limit_out_of_range_is_refused(String limit) {
    Answer answer = api.get(admin, devices + "?limit=" + limit);

    // An empty value is Spring's way to ask for the default.
    assertThat(answer.status()).isEqualTo(limit.isEmpty() ? 200 : 400);
  }

  @Test
  void what_nobody_serves_is_not_there() {
    for (String path : new String[] {"/", "/actuator/health", "/env", "/error", "/v3/api-docs"}) {
      assertThat(api.get(null, path).status()).as(path).isEqualTo(404);
      assertThat(api.get(admin, path).status()).as(path).isEqualTo(404);
    }
  }

  @Test
  void nothing_of_openapi_is_served_by_default() {
    assertThat(api.get(admin, "/openapi/v1.json").status()).isEqualTo(404);
    assertThat(api.get(platform.operator(), "/openapi/v1.json").status()).isEqualTo(404);
  }
}
