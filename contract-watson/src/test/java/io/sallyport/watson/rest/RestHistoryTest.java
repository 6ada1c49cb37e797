package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.watson.testing.WatsonFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
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

/** Last events and the historian (watson-iot.md sections 8 and 9). */
@SpringBootTest(classes = RestTestApplication.class)
@AutoConfigureMockMvc
class RestHistoryTest extends WatsonRestCalls {
  @Autowired
  RestHistoryTest(MockMvc mvc, WatsonFixture watson, ReadBudget budget) {
    super(mvc, watson, budget);
  }

  private void event(String device, String name, String payload) {
    call("POST", "/application/types/pump/devices/" + device + "/events/" + name)
        .body(payload)
        .send()
        .is(200);
    watson.domain.clock.advance(Duration.ofMillis(10));
  }

  @Test
  void events_come_newest_first_with_all_members() {
    device("pump", "p1");
    event("p1", "status", "{\"d\":{\"t\":20.50},\"ts\":\"x\"}");
    event("p1", "status", "{\"d\":{\"t\":21}}");
    Answer answer = get("/historian/types/pump/devices/p1").is(200);
    JsonNode events = answer.json().path("events");
    assertThat(events.size()).isEqualTo(2);
    assertThat(events.get(0).path("evt").path("d").path("t").intValue()).isEqualTo(21);
    assertThat(new String(answer.response().getContentAsByteArray(), StandardCharsets.UTF_8))
        .contains("{\"d\":{\"t\":20.50},\"ts\":\"x\"}");
    assertThat(events.get(0).propertyNames())
        .containsExactlyInAnyOrder("device_type", "device_id", "evt_type", "timestamp", "evt");
    assertThat(text(events.get(0), "device_id")).isEqualTo("p1");
    assertThat(events.get(0).path("timestamp").path("$date").isIntegralNumber()).isTrue();
  }

  @Test
  void only_json_events_are_there() {
    device("pump", "p1");
    event("p1", "good", "{\"a\":1}");
    event("p1", "broken", "{\"a\":");
    Call text = call("POST", "/application/types/pump/devices/p1/events/text").body("{}");
    text.request.contentType("text/plain");
    text.send().is(200);
    JsonNode events = get("/historian/types/pump/devices/p1").is(200).json().path("events");
    assertThat(events.size()).isEqualTo(1);
    assertThat(text(events.get(0), "evt_type")).isEqualTo("good");
  }

  @Test
  void pages_follow_by_bookmark_without_gap_or_doubling() {
    device("pump", "p1");
    for (int i = 0; i < 7; i++) {
      event("p1", "n", "{\"i\":" + i + "}");
    }
    List<Integer> seen = new ArrayList<>();
    String path = "/historian/types/pump/devices/p1?top=3";
    JsonNode page = get(path).is(200).json();
    while (true) {
      page.path("events").forEach(event -> seen.add(event.path("evt").path("i").intValue()));
      if (!page.has("bookmark")) {
        break;
      }
      page = get(path + "&_bookmark=" + text(page, "bookmark")).is(200).json();
    }
    assertThat(seen).containsExactly(6, 5, 4, 3, 2, 1, 0);
  }

  @Test
  void a_page_of_large_events_ends_early_and_its_bookmark_goes_on() {
    device("pump", "p1");
    String large = "x".repeat(120_000);
    for (int i = 0; i < 30; i++) {
      event("p1", "n", "{\"i\":" + i + ",\"x\":\"" + large + "\"}");
    }
    List<Integer> seen = new ArrayList<>();
    JsonNode page = get("/historian").is(200).json();
    while (true) {
      assertThat(page.path("events").size()).isBetween(1, 16);
      page.path("events").forEach(event -> seen.add(event.path("evt").path("i").intValue()));
      if (!page.has("bookmark")) {
        break;
      }
      page = get("/historian?_bookmark=" + text(page, "bookmark")).is(200).json();
    }
    assertThat(seen).hasSize(30).startsWith(29, 28).endsWith(1, 0).doesNotHaveDuplicates();
    assertThat(budget.bytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/historian",
        "/historian?summarize=%7Bt%7D",
        "/device/types/pump/devices/p1/events",
        "/device/types/pump/devices/p1/events/a"
      })
  void a_read_beyond_the_budget_is_503_until_there_is_room(String path) {
    device("pump", "p1");
    call("PUT", "/config/lec").body("{\"enabled\":true}").send().is(200);
    event("p1", "a", "{\"t\":1}");
    try (ReadBudget.Lease others =
        budget.lease(tenant.number(), ReadBudget.Limits.DEFAULT.tenantBytesMax()).orElseThrow()) {
      Answer answer = get(path).is(503);
      assertThat(text(answer.json(), "exception", "id")).isEqualTo("CUDSP0503E");
      assertThat(answer.response().getHeader("Retry-After")).isEqualTo("1");
      others.shrinkTo(0);
    }
    get(path).is(200);
    assertThat(budget.bytes()).isZero();
  }

  @Test
  void last_events_that_are_large_together_are_read_one_by_one() {
    device("pump", "p1");
    call("PUT", "/config/lec").body("{\"enabled\":true}").send().is(200);
    String large = "\"" + "x".repeat(120_000) + "\"";
    for (int i = 0; i < 20; i++) {
      event("p1", "n" + i, large);
    }
    get("/device/types/pump/devices/p1/events").is(413);
    get("/device/types/pump/devices/p1/events/n7").is(200);
    assertThat(budget.bytes()).isZero();
  }

  @Test
  void name_and_time_narrow_the_list_and_both_ends_belong_to_it() {
    device("pump", "p1");
    event("p1", "a", "1");
    long second = watson.domain.clock.millis();
    event("p1", "b", "2");
    event("p1", "a", "3");
    String path = "/historian/types/pump/devices/p1";
    assertThat(get(path + "?evt_type=a").json().path("events").size()).isEqualTo(2);
    JsonNode one = get(path + "?start=" + second + "&end=" + second).is(200).json().path("events");
    assertThat(one.size()).isEqualTo(1);
    assertThat(one.get(0).path("evt").intValue()).isEqualTo(2);
    get(path + "?start=x").is(400);
    get(path + "?top=101").is(400);
    get(path + "?top=0").is(400);
  }

  @Test
  void the_whole_tenant_and_one_type_can_be_read() {
    device("pump", "p1");
    device("pump", "p2");
    watson.domain.aDevice(tenant).ofType("valve").withId("v1").register();
    event("p1", "a", "1");
    event("p2", "a", "2");
    call("POST", "/application/types/valve/devices/v1/events/a").body("3").send().is(200);
    assertThat(get("/historian").is(200).json().path("events").size()).isEqualTo(3);
    assertThat(get("/historian/").is(200).json().path("events").size()).isEqualTo(3);
    JsonNode pumps = get("/historian/types/pump?top=1").is(200).json();
    assertThat(text(pumps.path("events").get(0), "device_id")).isEqualTo("p2");
    JsonNode next =
        get("/historian/types/pump?top=1&_bookmark=" + text(pumps, "bookmark")).is(200).json();
    assertThat(text(next.path("events").get(0), "device_id")).isEqualTo("p1");
  }

  @ParameterizedTest
  @CsvSource({
    "avg, 3.0",
    "count, 3.0",
    "min, 1.0",
    "max, 5.0",
    "sum, 9.0",
    "range, 4.0",
    "stdev, 1.632993161855452",
    "variance, 2.6666666666666665"
  })
  void figures_are_summarized(String kind, double expected) {
    device("pump", "p1");
    event("p1", "a", "{\"d\":{\"t\":1}}");
    event("p1", "a", "{\"d\":{\"t\":3,\"x\":\"y\"}}");
    event("p1", "a", "{\"t\":5}");
    JsonNode events =
        get("/historian/types/pump/devices/p1?summarize=%7Bt,x%7D&summarize_type=" + kind)
            .is(200)
            .json()
            .path("events");
    assertThat(events.size()).isEqualTo(1);
    assertThat(events.get(0).path("evt").path("t").doubleValue()).isEqualTo(expected);
    assertThat(events.get(0).path("evt").has("x")).isFalse();
  }

  @Test
  void an_unknown_figure_is_400() {
    get("/historian?summarize=%7Bt%7D&summarize_type=median").is(400);
    get("/historian?summarize=%7B%7D").is(400);
  }

  @Test
  void history_needs_event_read_and_stays_in_the_tenant() {
    device("pump", "p1");
    event("p1", "a", "1");
    make_a_tenant();
    assertThat(get("/historian").is(200).json().path("events").size()).isZero();
    get("/historian/types/pump/devices/p1").is(404);
  }

  @Test
  void the_last_event_cache_is_off_until_switched_on() {
    device("pump", "p1");
    event("p1", "a", "{\"t\":1}");
    event("p1", "a", "{\"t\":2}");
    String path = "/device/types/pump/devices/p1/events";
    assertThat(text(get(path).is(403).json(), "exception", "id")).isEqualTo("CUDCS0105E");
    assertThat(get("/config/lec").is(200).json().path("enabled").booleanValue()).isFalse();

    JsonNode on =
        call("PUT", "/config/lec").body("{\"enabled\":true,\"ttlDays\":3}").send().is(200).json();
    assertThat(on.path("ttlDays").intValue()).isEqualTo(3);
    assertThat(get("/config/lec").json()).isEqualTo(on);
    JsonNode all = get(path).is(200).json();
    assertThat(all.size()).isEqualTo(1);
    JsonNode one = get(path + "/a").is(200).json();
    assertThat(one).isEqualTo(all.get(0));
    assertThat(Base64.getDecoder().decode(text(one, "payload")))
        .isEqualTo("{\"t\":2}".getBytes(StandardCharsets.UTF_8));
    assertThat(text(one, "eventId")).isEqualTo("a");
    assertThat(text(one, "format")).isEqualTo("json");
    get(path + "/other").is(404);
    assertThat(watson.domain.auditOf(tenant))
        .anySatisfy(
            record -> assertThat(record.entry().action()).isEqualTo("tenant.last-event-cache"));

    watson.domain.clock.advance(Duration.ofDays(4));
    get(path + "/a").is(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"enabled\":1}",
        "{\"enabled\":true,\"ttlDays\":0}",
        "{\"enabled\":true,\"ttlDays\":46}"
      })
  void a_wrong_cache_configuration_is_400(String body) {
    call("PUT", "/config/lec").body(body).send().is(400);
  }
}
