package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.identity.Permission;
import io.sallyport.web.Api.Answer;
import io.sallyport.web.Api.Login;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.MockMvc;

/** Plain spaces over the native API. */
@ApiTest
final class SpaceApiTest {
  @Autowired private MockMvc mvc;
  @Autowired private TestPlatform platform;

  private Api api;
  private String tenant;
  private Login admin;

  @BeforeEach
  void setUp() {
    api = new Api(mvc);
    tenant = platform.newTenant();
    admin = platform.administrator(tenant);
    call("POST", "", "{\"name\":\"plain\"}");
  }

  private Answer call(String method, String path, String body) {
    return api.call(
        admin,
        HttpMethod.valueOf(method),
        "/api/v1/tenants/" + tenant + "/spaces" + path,
        body.isEmpty() ? null : body,
        request -> {});
  }

  @Test
  void a_space_is_made_changed_listed_and_deleted() {
    Answer made = call("POST", "", "{\"name\":\"second\",\"acknowledge\":\"received\"}");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Location")).endsWith("/spaces/second");
    assertThat(made.body())
        .contains("\"acknowledge\":\"received\"", "\"onDeniedPublish\":\"drop\"");
    assertThat(call("POST", "", "{\"name\":\"second\"}").status()).isEqualTo(409);
    assertThat(call("PATCH", "/second", "{\"onDeniedPublish\":\"close\"}").body())
        .contains("\"onDeniedPublish\":\"close\"", "\"acknowledge\":\"received\"");
    assertThat(call("GET", "", "").body()).contains("\"plain\"", "\"second\"");
    assertThat(call("DELETE", "/second", "").status()).isEqualTo(204);
    assertThat(call("GET", "/second", "").status()).isEqualTo(404);
    assertThat(call("POST", "", "{\"name\":\"a/b\"}").status()).isEqualTo(400);
    assertThat(call("POST", "", "{\"name\":\"x\",\"acknowledge\":\"never\"}").status())
        .isEqualTo(400);
  }

  @Test
  void a_password_that_is_made_is_shown_once_and_a_chosen_one_never() {
    Answer made = call("POST", "/plain/credentials", "{\"user\":\"maker\"}");
    Answer chosen =
        call(
            "POST",
            "/plain/credentials",
            "{\"user\":\"chooser\",\"password\":\"my own password\",\"clientIds\":\"any\","
                + "\"rules\":[\"deny both x/#\",\"allow both #\"],\"limits\":{\"connections\":5}}");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("password")).hasSizeGreaterThan(16);
    assertThat(call("GET", "/plain/credentials/maker", "").body()).doesNotContain("password");
    assertThat(chosen.body())
        .doesNotContain("my own password")
        .contains(
            "\"clientIds\":\"any\"",
            "[\"deny both x/#\",\"allow both #\"]",
            "\"connections\":5",
            "\"sessions\":20000");
    assertThat(
            call("POST", "/plain/credentials", "{\"user\":\"weak\",\"password\":\"short\"}")
                .status())
        .isEqualTo(400);
    assertThat(call("POST", "/plain/credentials/chooser/password", "{}").text("password"))
        .hasSizeGreaterThan(16);
  }

  @Test
  void a_credential_without_password_is_for_listeners_only() {
    Answer made = call("POST", "/plain/credentials", "{\"user\":\"open\",\"listenerOnly\":true}");

    assertThat(made.body()).contains("\"listenerOnly\":true").doesNotContain("\"password\"");
  }

  @Test
  void one_name_is_one_login_in_the_whole_tenant() {
    call("POST", "", "{\"name\":\"second\"}");
    call("POST", "/plain/credentials", "{\"user\":\"tester\"}");

    assertThat(call("POST", "/second/credentials", "{\"user\":\"tester\"}").status())
        .isEqualTo(409);
    assertThat(call("GET", "/second/credentials/tester", "").status()).isEqualTo(404);
  }

  @Test
  void rules_are_replaced_in_order_and_strictly_read() {
    call("POST", "/plain/credentials", "{\"user\":\"tester\"}");

    Answer changed =
        call(
            "PUT",
            "/plain/credentials/tester/rules",
            "{\"rules\":[\"allow publish %c/#\",\"deny both #\"]}");

    assertThat(changed.body()).isEqualTo("{\"rules\":[\"allow publish %c/#\",\"deny both #\"]}");
    assertThat(call("GET", "/plain/credentials/tester/rules", "").body()).isEqualTo(changed.body());
    for (String wrong : new String[] {"\"allow all #\"", "\"allow both a#\"", "1", "null"}) {
      assertThat(
              call("PUT", "/plain/credentials/tester/rules", "{\"rules\":[" + wrong + "]}")
                  .status())
          .as(wrong)
          .isEqualTo(400);
    }
    assertThat(call("DELETE", "/plain", "").status()).isEqualTo(409);
  }

  @Test
  void a_bridge_of_a_device_that_is_not_there_is_refused() {
    String body =
        "{\"name\":\"b\",\"direction\":\"to-event\",\"topic\":\"in/#\",\"type\":\"pump\","
            + "\"device\":\"none\",\"event\":\"e\",\"format\":\"json\"}";

    assertThat(call("POST", "/plain/bridges", body).status()).isEqualTo(400);
    assertThat(call("GET", "/plain/bridges", "").body()).isEqualTo("{\"items\":[]}");
  }

  @Test
  void a_bridges_author_needs_the_right_that_its_direction_uses() {
    Login weak = platform.key(tenant, Set.of(Permission.SPACE_MANAGE));
    platform.device(tenant, "pump", "p1");

    Answer answer =
        api.call(
            weak,
            HttpMethod.POST,
            "/api/v1/tenants/" + tenant + "/spaces/plain/bridges",
            "{\"name\":\"b\",\"direction\":\"from-event\",\"topic\":\"out/%e\",\"type\":\"pump\","
                + "\"device\":\"p1\"}",
            request -> {});

    assertThat(answer.status()).isEqualTo(403);
  }
}
