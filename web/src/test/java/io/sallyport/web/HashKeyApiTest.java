package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.web.Api.Answer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.MockMvc;

/** Hash keys through the API: report, rotation, and the question before one is retired. */
@ApiTest
final class HashKeyApiTest {
  private static final String PATH = "/api/v1/hash-keys";

  @Autowired private MockMvc mvc;
  @Autowired private TestPlatform platform;

  @Test
  void a_key_that_secrets_rest_on_is_retired_only_when_that_is_confirmed() {
    Api api = new Api(mvc);
    int old = api.get(platform.operator(), PATH).json().path("newest").asInt();

    Answer rotated = api.post(platform.operator(), PATH, null);
    assertThat(rotated.status()).as(rotated.toString()).isEqualTo(200);
    assertThat(rotated.json().path("newest").asInt()).isEqualTo(old + 1);
    assertThat(rotated.json().path("old").asInt()).isEqualTo(1);
    assertThat(rotated.json().at("/hashes/0/holder").asString()).isEqualTo("devices");

    Answer asked = api.delete(platform.operator(), PATH + "/1");
    assertThat(asked.status()).isEqualTo(409);
    assertThat(asked.text("detail")).contains("1 credentials are still hashed under key 1");

    Answer confirmed = api.delete(platform.operator(), PATH + "/1?confirmed=true");
    assertThat(confirmed.status()).isEqualTo(204);
    assertThat(api.get(platform.operator(), PATH).json().at("/retired/0").asInt()).isEqualTo(1);
  }
}
