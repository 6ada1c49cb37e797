package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.web.Api.Answer;
import io.sallyport.web.Api.Login;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.MockMvc;
import tools.jackson.databind.JsonNode;

/** Events and series through the API. */
@ApiTest
final class EventApiTest {
  private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");

  @Autowired private MockMvc mvc;
  @Autowired private TestPlatform platform;
  @Autowired private ReadBudget budget;

  private Api api;
  private String tenant;
  private Login admin;
  private String events;
  private String series;

  @BeforeEach
  void setUp() {
    api = new Api(mvc);
    tenant = platform.newTenant();
    admin = platform.administrator(tenant);
    platform.device(tenant, "pump", "p1");
    String device = "/api/v1/tenants/" + tenant + "/devices/pump/p1";
    events = device + "/events";
    series = device + "/series";
  }

  private void event(int second, String name, String format, String payload) {
    platform.event(
        tenant,
        "pump",
        "p1",
        name,
        format,
        payload.getBytes(StandardCharsets.UTF_8),
        START.plusSeconds(second));
  }

  @Test
  void a_json_event_has_the_shape_of_the_contract() {
    event(1, "status", "json", "{\"d\":{\"t\":21.50}}");

    JsonNode item = api.get(admin, events).json().path("items").get(0);

    assertThat(item.propertyNames())
        .containsExactly("position", "time", "type", "device", "name", "format", "payload");
    assertThat(item.path("time").asString()).isEqualTo("2026-11-20T10:00:01Z");
    assertThat(item.path("type").asString()).isEqualTo("pump");
    assertThat(item.path("device").asString()).isEqualTo("p1");
    assertThat(item.path("payload").toString()).isEqualTo("{\"d\":{\"t\":21.50}}");
  }

  @Test
  void a_number_comes_out_as_it_went_in() {
    event(1, "n", "json", "123456789012345678901234567890.10");

    assertThat(api.get(admin, events).body())
        .contains("\"payload\":123456789012345678901234567890.10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"a\":1}}",
        "{\"a\":1},\"injected\":{}",
        "1 2",
        "NaN",
        "{a:1}",
        "\uFEFF{}",
        "{\"a\":1,\"a\":2}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
      })
  void what_only_claims_to_be_json_comes_in_base64_and_breaks_nothing(String payload) {
    event(1, "e", "json", payload);
    event(2, "e", "json", "{}");

    Answer answer = api.get(admin, events);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/items/0/payload").toString()).isEqualTo("{}");
    JsonNode item = answer.json().at("/items/1");
    assertThat(item.has("payload")).isFalse();
    assertThat(Base64.getDecoder().decode(item.path("payloadBase64").asString()))
        .isEqualTo(payload.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void half_a_surrogate_pair_in_a_payload_breaks_nothing() {
    event(1, "e", "json", "\"\\ud800\"");

    api.post(admin, events, "{\"name\":\"e\",\"payload\":\"\\udfff\"}");

    Answer answer = api.get(admin, events);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"payload\":\"\\ud800\"")
        .containsIgnoringCase("\"payload\":\"\\udfff\"");
  }

  @Test
  void bytes_of_another_format_come_in_base64() {
    event(1, "e", "bin", "123");

    JsonNode item = api.get(admin, events).json().at("/items/0");

    assertThat(item.path("payloadBase64").asString()).isEqualTo("MTIz");
    assertThat(item.has("payload")).isFalse();
  }

  @Test
  void events_come_newest_first_and_page_to_the_end() {
    for (int i = 0; i < 120; i++) {
      event(i, "e", "json", String.valueOf(i));
    }

    List<Integer> seen = new ArrayList<>();
    String next = "";
    do {
      Answer answer = api.get(admin, events + "?limit=70" + next);
      answer.json().path("items").forEach(item -> seen.add(item.path("payload").asInt()));
      next = answer.json().has("next") ? "&next=" + answer.text("next") : "";
    } while (!next.isEmpty());

    assertThat(seen).hasSize(120).startsWith(119, 118).endsWith(1, 0).doesNotHaveDuplicates();
    assertThat(api.get(admin, events).json().path("items")).hasSize(50);
    assertThat(api.get(admin, events + "?limit=1000").json().path("items")).hasSize(120);
  }

  @Test
  void a_page_of_large_payloads_ends_early_and_goes_on() {
    String large = "\"" + "x".repeat(131_000) + "\"";
    for (int i = 0; i < 120; i++) {
      event(i, "e", "json", large);
    }

    List<String> seen = new ArrayList<>();
    String next = "";
    do {
      Answer answer = api.get(admin, events + "?limit=1000" + next);
      assertThat(answer.status()).isEqualTo(200);
      JsonNode items = answer.json().path("items");
      assertThat(items.size()).isBetween(1, 16);
      items.forEach(item -> seen.add(item.path("time").asString()));
      next = answer.json().has("next") ? "&next=" + answer.text("next") : "";
    } while (!next.isEmpty());

    assertThat(seen).hasSize(120).doesNotHaveDuplicates();
    assertThat(budget.bytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"events", "series?path=d.t", "commands"})
  void a_read_beyond_the_budget_is_put_off_until_there_is_room(String list) {
    event(1, "e", "json", "{\"d\":{\"t\":1}}");
    String address = "/api/v1/tenants/" + tenant + "/devices/pump/p1/" + list;
    ReadBudget.Lease others =
        budget
            .lease(platform.tenantNumber(tenant), ReadBudget.Limits.DEFAULT.tenantBytesMax())
            .orElseThrow();
    try {
      Answer answer = api.get(admin, address);

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.code()).isEqualTo("unavailable");
      assertThat(answer.header("Retry-After")).isEqualTo("1");
    } finally {
      others.close();
    }
    assertThat(api.get(admin, address).status()).isEqualTo(200);
    assertThat(budget.bytes()).isZero();
  }

  @Test
  void a_read_that_fails_gives_its_part_of_the_budget_back() {
    platform.failReads(new Problem(Problem.Code.STORAGE_FAILED, "the disk is gone"));
    try {
      assertThat(api.get(admin, events).code()).isEqualTo("storage-failed");
    } finally {
      platform.failReads(null);
    }

    assertThat(budget.bytes()).isZero();
  }

  @Test
  void time_and_name_narrow_the_list() {
    event(1, "a", "json", "1");
    event(2, "b", "json", "2");
    event(3, "a", "json", "3");

    assertThat(api.get(admin, events + "?from=2026-11-20T10:00:02Z&to=2026-11-20T10:00:03Z").body())
        .contains("\"payload\":2")
        .doesNotContain("\"payload\":1", "\"payload\":3");
    assertThat(api.get(admin, events + "?name=a").json().path("items")).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from=yesterday",
        "to=2026-11-20",
        "from=2026-11-20T10:00:00",
        "from=2026-11-20T10:00:01Z&to=2026-11-20T10:00:00Z",
        "limit=0"
      })
  void a_query_that_makes_no_sense_is_refused(String query) {
    assertThat(api.get(admin, events + "?" + query).code()).isEqualTo("invalid");
  }

  @Test
  void an_application_publishes_an_event_on_a_devices_behalf() {
    Answer accepted = api.post(admin, events, "{\"name\":\"status\",\"payload\":{\"a\":1.10}}");

    assertThat(accepted.status()).as(accepted.toString()).isEqualTo(202);
    JsonNode item = api.get(admin, events).json().at("/items/0");
    assertThat(item.path("position").asLong()).isEqualTo(accepted.json().path("position").asLong());
    assertThat(item.path("format").asString()).isEqualTo("json");
    assertThat(item.path("payload").toString()).isEqualTo("{\"a\":1.10}");
  }

  @Test
  void a_null_payload_is_json_and_bytes_keep_their_format() {
    assertThat(api.post(admin, events, "{\"name\":\"e\",\"payload\":null}").status())
        .isEqualTo(202);
    assertThat(
            api.post(
                    admin,
                    events,
                    "{\"name\":\"e\",\"format\":\"xml\",\"payloadBase64\":\"PGEvPg==\"}")
                .status())
        .isEqualTo(202);

    JsonNode items = api.get(admin, events).json().path("items");
    assertThat(items.get(0).path("format").asString()).isEqualTo("xml");
    assertThat(items.get(0).path("payloadBase64").asString()).isEqualTo("PGEvPg==");
    assertThat(items.get(1).path("payload").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\":\"e\"}",
        "{\"name\":\"\",\"payload\":1}",
        "{\"name\":\"a/b\",\"payload\":1}",
        "{\"name\":\"a+\",\"payload\":1}",
        "{\"name\":\"#\",\"payload\":1}",
        "{\"name\":\"a\\u0000\",\"payload\":1}",
        "{\"name\":\"\\ud800\",\"payload\":1}",
        "{\"name\":\"e\",\"payload\":1,\"payloadBase64\":\"\"}",
        "{\"name\":\"e\",\"payloadBase64\":\"***\"}",
        "{\"name\":\"e\",\"format\":\"xml\",\"payload\":1}",
        "{\"name\":\"e\",\"format\":\"a/b\",\"payloadBase64\":\"\"}"
      })
  void a_bad_event_is_refused(String body) {
    Answer answer = api.post(admin, events, body);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(api.get(admin, events).json().path("items")).isEmpty();
  }

  @Test
  void a_payload_over_131072_bytes_is_refused_and_one_of_that_size_is_not() {
    Base64.Encoder base64 = Base64.getEncoder();
    String body = "{\"name\":\"e\",\"payloadBase64\":\"%s\"}";

    assertThat(
            api.post(admin, events, body.formatted(base64.encodeToString(new byte[131_072])))
                .status())
        .isEqualTo(202);
    assertThat(
            api.post(admin, events, body.formatted(base64.encodeToString(new byte[131_073])))
                .status())
        .isEqualTo(413);
  }

  @Test
  void an_event_that_could_not_be_stored_is_not_accepted() {
    platform.failAppends(new Problem(Problem.Code.STORAGE_FULL, "the disk is full"));
    try {
      Answer answer = api.post(admin, events, "{\"name\":\"e\",\"payload\":1}");

      assertThat(answer.status()).isEqualTo(507);
      assertThat(answer.code()).isEqualTo("storage-full");
    } finally {
      platform.failAppends(null);
    }
  }

  @Test
  void reading_events_needs_no_right_to_the_registry() {
    event(1, "e", "json", "1");
    Login reader = platform.key(tenant, Set.of(Permission.EVENT_READ));

    assertThat(api.get(reader, events).json().path("items")).hasSize(1);
    assertThat(api.post(reader, events, "{\"name\":\"e\",\"payload\":1}").status()).isEqualTo(403);
  }

  @Test
  void a_series_shows_the_numbers_of_json_events() {
    event(1, "e", "json", "{\"d\":{\"t\":20.50,\"list\":[1,2]}}");
    event(2, "e", "json", "{\"d\":{\"t\":\"warm\"}}");
    event(3, "e", "json", "not json");
    event(4, "e", "bin", "{\"d\":{\"t\":99}}");
    event(5, "e", "json", "{\"d\":{\"t\":1e999}}");
    event(6, "e", "json", "{\"d\":{\"t\":21}}");

    assertThat(api.get(admin, series + "?path=d.t").json().path("items").toString())
        .isEqualTo(
            "[{\"time\":\"2026-11-20T10:00:06Z\",\"value\":21},"
                + "{\"time\":\"2026-11-20T10:00:05Z\",\"value\":1E+999},"
                + "{\"time\":\"2026-11-20T10:00:01Z\",\"value\":20.50}]");
    assertThat(
            api.get(admin, series + "?path=d.list.1&to=2026-11-20T10:00:02Z")
                .json()
                .at("/items/0/value")
                .asInt())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?path=", "?path=a..b", "?path=a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q"})
  void a_series_without_a_good_path_is_refused(String query) {
    assertThat(api.get(admin, series + query).status()).isEqualTo(400);
  }
}
