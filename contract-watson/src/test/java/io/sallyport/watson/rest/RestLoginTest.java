package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.watson.testing.WatsonFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;
import tools.jackson.databind.JsonNode;

/** Who gets in, and how he is refused (watson-iot.md sections 8 and 9). */
@SpringBootTest(classes = RestTestApplication.class)
@AutoConfigureMockMvc
class RestLoginTest extends WatsonRestCalls {
  @Autowired
  RestLoginTest(MockMvc mvc, WatsonFixture watson, ReadBudget budget) {
    super(mvc, watson, budget);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/"})
  void the_organization_is_answered_with_and_without_slash(String path) {
    JsonNode json = get(path).is(200).json();
    assertThat(text(json, "id")).isEqualTo(tenant.id().value());
    assertThat(json.propertyNames())
        .contains("id", "name", "enabled", "type", "created", "updated", "config");
  }

  @Test
  void wrong_unknown_missing_and_foreign_credentials_are_401_alike() {
    IssuedApiKey foreign = watson.domain.anApiKey(watson.bolt, Role.STANDARD_APPLICATION);
    List<Answer> refused = new ArrayList<>();
    refused.add(new Call("GET", "").send());
    refused.add(new Call("GET", "").as(standard.key().key(), "wrong-token-here").send());
    refused.add(new Call("GET", "").as("a-acme01-nobodyatal", "wrong-token-here").send());
    refused.add(new Call("GET", "").as(foreign).send());
    refused.add(new Call("GET", "").header("Authorization", "Bearer x").send());
    refused.add(new Call("GET", "").header("Authorization", "Basic ###").send());
    for (Answer answer : refused) {
      JsonNode json = answer.is(401).json();
      assertThat(text(json, "message")).isEqualTo("CUDSP0401E: The credentials are not valid.");
      assertThat(text(json, "exception", "id")).isEqualTo("CUDSP0401E");
      assertThat(text(json, "refusal")).hasSize(22);
      assertThat(answer.response().getHeader("WWW-Authenticate")).startsWith("Basic ");
    }
  }

  @Test
  void the_key_with_slashes_is_taken_too() {
    new Call("GET", "")
        .as(standard.key().key().replace('-', '/'), standard.token().revealText())
        .send()
        .is(200);
  }

  @Test
  void a_request_that_is_not_secure_is_refused() {
    Call call = call("GET", "");
    call.request.secure(false);
    JsonNode json = call.send().is(403).json();
    assertThat(text(json, "refusal")).hasSize(22);
  }

  @ParameterizedTest
  @CsvSource({
    "Origin, https://evil.example",
    "Origin, null",
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site"
  })
  void a_write_from_a_foreign_page_is_refused_and_a_read_is_not(String header, String value) {
    call("POST", "/device/types").body("{\"id\":\"x\"}").header(header, value).send().is(403);
    call("GET", "/device/types").header(header, value).send().is(200);
    get("/device/types/x").is(404);
  }

  @Test
  void a_write_from_the_own_origin_passes() {
    call("POST", "/device/types")
        .body("{\"id\":\"x\"}")
        .header("Origin", "https://" + tenant.id() + "." + WatsonFixture.DOMAIN)
        .header("Sec-Fetch-Site", "same-origin")
        .send()
        .is(201);
  }

  @Test
  void no_session_and_no_cookie_is_made() {
    assertThat(get("").response().getHeaders("Set-Cookie")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/device/types/pump/devices/p1/location", "/bulk/devices"})
  void what_nobody_serves_is_404_with_a_body(String path) {
    assertThat(text(get(path).is(404).json(), "exception", "id")).isEqualTo("CUDSP0404E");
  }

  @Test
  void a_body_of_more_than_512_kb_is_413() {
    call("POST", "/device/types").body("x".repeat(512 * 1024 + 1)).send().is(413);
  }
}
