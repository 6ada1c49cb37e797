package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.watson.WatsonTime;
import io.sallyport.watson.testing.WatsonFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;
import tools.jackson.databind.JsonNode;

/** Device types (watson-iot.md sections 8 and 9). */
@SpringBootTest(classes = RestTestApplication.class)
@AutoConfigureMockMvc
class RestTypesTest extends WatsonRestCalls {
  @Autowired
  RestTypesTest(MockMvc mvc, WatsonFixture watson, ReadBudget budget) {
    super(mvc, watson, budget);
  }

  @Test
  void a_type_is_created_read_changed_and_deleted() {
    JsonNode created =
        call("POST", "/device/types")
            .body(
                "{\"id\":\"pump\",\"description\":\"d\",\"classId\":\"Gateway\","
                    + "\"deviceInfo\":{\"model\":\"m\"},\"metadata\":{\"a\":{\"b\":1}}}")
            .send()
            .is(201)
            .json();
    assertThat(text(created, "id")).isEqualTo("pump");
    assertThat(text(created, "classId")).isEqualTo("Gateway");
    assertThat(text(created, "deviceInfo", "model")).isEqualTo("m");
    assertThat(created.path("metadata").path("a").path("b").intValue()).isEqualTo(1);
    assertThat(text(created, "createdDateTime"))
        .isEqualTo(WatsonTime.text(watson.domain.clock.instant()));
    assertThat(text(created, "refs", "logicalInterfaces"))
        .isEqualTo("/api/v0002/device/types/pump/logicalinterfaces");

    JsonNode changed =
        call("PUT", "/device/types/pump").body("{\"description\":\"e\"}").send().is(200).json();
    assertThat(text(changed, "description")).isEqualTo("e");
    assertThat(text(changed, "deviceInfo", "model")).isEqualTo("m");
    assertThat(get("/device/types/pump").is(200).json()).isEqualTo(changed);

    call("DELETE", "/device/types/pump").send().is(204);
    get("/device/types/pump").is(404);
    call("DELETE", "/device/types/pump").send().is(404);
  }

  @Test
  void an_existing_id_is_409() {
    type("pump");
    call("POST", "/device/types").body("{\"id\":\"pump\"}").send().is(409);
  }

  @Test
  void a_type_that_has_devices_is_not_deleted() {
    device("pump", "p1");
    call("DELETE", "/device/types/pump").send().is(409);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{",
        "{\"id\":\"a\"} x",
        "{\"id\":\"a\",\"id\":\"b\"}",
        "{\"id\":5}",
        "{\"id\":\"a b\"}",
        "{}",
        "{\"id\":\"a\",\"more\":1}",
        "{\"id\":\"a\",\"classId\":\"Thing\"}",
        "{\"id\":\"a\",\"deviceInfo\":{\"color\":\"red\"}}",
        "{\"id\":\"a\",\"metadata\":[1]}"
      })
  void a_body_that_is_not_valid_is_400_with_violations(String body) {
    JsonNode json = call("POST", "/device/types").body(body).send().is(400).json();
    assertThat(text(json, "message")).isEqualTo("CUDRS0007E: The request was not valid.");
    assertThat(json.path("violations").size()).isPositive();
    assertThat(text(json.path("violations").get(0), "exception", "id")).isEqualTo("CUDRS0007E");
  }

  @Test
  void a_body_deeper_than_64_levels_is_400() {
    String deep = "{\"a\":".repeat(70) + "1" + "}".repeat(70);
    call("POST", "/device/types").body("{\"id\":\"a\",\"metadata\":" + deep + "}").send().is(400);
  }

  @Test
  void lists_are_paged_and_the_last_page_has_no_bookmark() {
    for (int i = 0; i < 5; i++) {
      type("type" + i);
    }
    List<String> ids = new ArrayList<>();
    JsonNode page = get("/device/types?_limit=2").is(200).json();
    assertThat(page.path("meta").path("total_rows").intValue()).isEqualTo(5);
    int pages = 1;
    while (true) {
      page.path("results").forEach(type -> ids.add(type.path("id").asString()));
      if (!page.has("bookmark")) {
        break;
      }
      page =
          get("/device/types?_limit=2&_bookmark=" + page.path("bookmark").asString())
              .is(200)
              .json();
      pages++;
    }
    assertThat(ids).containsExactly("type0", "type1", "type2", "type3", "type4");
    assertThat(pages).isEqualTo(3);
  }

  @Test
  void types_are_sorted_down_when_asked() {
    type("a");
    type("b");
    JsonNode page = get("/device/types?_sort=-id").is(200).json();
    assertThat(page.path("results").get(0).path("id").asString()).isEqualTo("b");
  }
}
