package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.watson.testing.WatsonFixture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;
import tools.jackson.databind.JsonNode;

/** API keys (watson-iot.md sections 8 and 9). */
@SpringBootTest(classes = RestTestApplication.class)
@AutoConfigureMockMvc
class RestKeysTest extends WatsonRestCalls {
  @Autowired
  RestKeysTest(MockMvc mvc, WatsonFixture watson, ReadBudget budget) {
    super(mvc, watson, budget);
  }

  private IssuedApiKey admin() {
    return watson.domain.anApiKey(tenant, Role.ADMIN_APPLICATION);
  }

  @Test
  void a_key_is_made_used_changed_and_deleted() {
    IssuedApiKey admin = admin();
    JsonNode made =
        new Call("POST", "/authorization/apikeys")
            .as(admin)
            .body("{\"comment\":\"c\",\"roles\":[\"PD_VISUALIZATION_APP\"]}")
            .send()
            .is(200)
            .json();
    String key = text(made, "key");
    String token = text(made, "token");
    assertThat(key).startsWith("a-" + tenant.id() + "-");
    new Call("GET", "/device/types").as(key, token).send().is(200);

    JsonNode read =
        new Call("GET", "/authorization/apikeys/" + key).as(admin).send().is(200).json();
    assertThat(read.has("token")).isFalse();
    assertThat(text(read, "comment")).isEqualTo("c");
    assertThat(
            new Call("GET", "/authorization/apikeys")
                .as(admin)
                .send()
                .is(200)
                .json()
                .path("results")
                .size())
        .isEqualTo(3);
    for (String path : List.of("/roles", "/role")) {
      JsonNode roles =
          new Call("GET", "/authorization/apikeys/" + key + path).as(admin).send().is(200).json();
      assertThat(roles.path("roles").get(0).asString()).isEqualTo("PD_VISUALIZATION_APP");
      assertThat(roles.path("rolesToGroups").isObject()).isTrue();
    }
    new Call("PUT", "/authorization/apikeys/" + key + "/roles")
        .as(admin)
        .body("{\"roles\":[\"PD_OPERATOR_APP\"]}")
        .send()
        .is(200);
    new Call("DELETE", "/authorization/apikeys/" + key).as(admin).send().is(200);
    new Call("GET", "/device/types").as(key, token).send().is(401);
    new Call("GET", "/authorization/apikeys/" + key).as(admin).send().is(404);
  }

  @Test
  void a_standard_key_sees_keys_and_makes_none() {
    get("/authorization/apikeys").is(200);
    call("POST", "/authorization/apikeys").body("{\"roles\":[\"PD_STANDARD_APP\"]}").send().is(403);
  }

  /** THREATS T34: nobody grants what he does not hold. */
  @Test
  void a_role_wider_than_ones_own_is_not_granted() {
    int status =
        new Call("POST", "/authorization/apikeys")
            .as(admin())
            .body("{\"roles\":[\"administrator\"]}")
            .send()
            .status();
    assertThat(status).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"roles\":[]}",
        "{\"roles\":\"x\"}",
        "{\"roles\":[1]}",
        "{\"roles\":[\"NO\"]}"
      })
  void roles_must_be_named(String body) {
    new Call("POST", "/authorization/apikeys").as(admin()).body(body).send().is(400);
  }

  @Test
  void another_tenants_key_is_not_there() {
    IssuedApiKey foreign = watson.domain.anApiKey(watson.bolt, Role.STANDARD_APPLICATION);
    new Call("GET", "/authorization/apikeys/" + foreign.key().key()).as(admin()).send().is(404);
    new Call("DELETE", "/authorization/apikeys/" + foreign.key().key()).as(admin()).send().is(404);
  }
}
