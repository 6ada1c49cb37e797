package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.web.Api.Answer;
import io.sallyport.web.Api.Login;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.MockMvc;

/** Commands through the API. */
@ApiTest
final class CommandApiTest {
  @Autowired private MockMvc mvc;
  @Autowired private TestPlatform platform;

  private Api api;
  private String base;
  private Login admin;
  private String commands;

  @BeforeEach
  void setUp() {
    api = new Api(mvc);
    String tenant = platform.newTenant();
    admin = platform.administrator(tenant);
    platform.device(tenant, "pump", "p1");
    base = "/api/v1/tenants/" + tenant;
    commands = base + "/devices/pump/p1/commands";
  }

  @Test
  void a_submitted_command_is_accepted_and_can_be_followed() {
    Answer accepted =
        api.post(
            admin, commands, "{\"name\":\"reboot\",\"payload\":{\"in\":5},\"expiresSeconds\":60}");

    assertThat(accepted.status()).as(accepted.toString()).isEqualTo(202);
    assertThat(accepted.text("id")).hasSize(22);
    assertThat(accepted.text("name")).isEqualTo("reboot");
    assertThat(accepted.text("format")).isEqualTo("json");
    assertThat(accepted.json().at("/payload/in").asInt()).isEqualTo(5);
    assertThat(accepted.text("by")).isEqualTo("key:" + admin.key());

    Answer read = api.get(admin, base + "/commands/" + accepted.text("id"));
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.text("device")).isEqualTo("p1");
  }

  @Test
  void commands_are_listed_newest_first() {
    api.post(admin, commands, "{\"name\":\"a\",\"payload\":1}");
    api.post(admin, commands, "{\"name\":\"b\",\"format\":\"bin\",\"payloadBase64\":\"AAE=\"}");

    Answer first = api.get(admin, commands + "?limit=1");
    assertThat(first.json().at("/items/0/name").asString()).isEqualTo("b");
    assertThat(first.json().at("/items/0/payloadBase64").asString()).isEqualTo("AAE=");
    Answer second = api.get(admin, commands + "?limit=1&next=" + first.text("next"));
    assertThat(second.json().at("/items/0/name").asString()).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"payload\":1}",
        "{\"name\":\"a\"}",
        "{\"name\":\"a/b\",\"payload\":1}",
        "{\"name\":\"a\",\"payload\":1,\"expiresSeconds\":0}",
        "{\"name\":\"a\",\"payload\":1,\"expiresSeconds\":-5}",
        "{\"name\":\"a\",\"payload\":1,\"expiresSeconds\":1.5}",
        "{\"name\":\"a\",\"payload\":1,\"expiresSeconds\":\"60\"}",
        "{\"name\":\"a\",\"payload\":1,\"expiresSeconds\":99999999999}"
      })
  void a_bad_command_is_refused(String body) {
    Answer answer = api.post(admin, commands, body);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(api.get(admin, commands).json().path("items")).isEmpty();
  }

  @Test
  void a_command_to_an_unknown_device_is_not_found() {
    Answer answer =
        api.post(admin, base + "/devices/pump/none/commands", "{\"name\":\"a\",\"payload\":1}");

    assertThat(answer.status()).isEqualTo(404);
  }
}
