package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.watson.WatsonTime;
import io.sallyport.watson.testing.WatsonFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;
import tools.jackson.databind.JsonNode;

/** Devices (watson-iot.md sections 8 and 9). */
@SpringBootTest(classes = RestTestApplication.class)
@AutoConfigureMockMvc
class RestDevicesTest extends WatsonRestCalls {
  @Autowired
  RestDevicesTest(MockMvc mvc, WatsonFixture watson, ReadBudget budget) {
    super(mvc, watson, budget);
  }

  @Test
  void a_device_is_registered_and_its_token_shown_once() {
    type("pump");
    JsonNode created =
        call("POST", "/device/types/pump/devices")
            .body("{\"deviceId\":\"p1\",\"deviceInfo\":{\"serialNumber\":\"7\"}}")
            .send()
            .is(201)
            .json();
    String token = text(created, "authToken");
    assertThat(token).isNotBlank();
    String clientId = "d:" + tenant.id() + ":pump:p1";
    assertThat(text(created, "clientId")).isEqualTo(clientId);
    assertThat(text(created, "id")).isEqualTo(clientId);
    assertThat(text(created, "typeId")).isEqualTo("pump");
    assertThat(text(created, "deviceId")).isEqualTo("p1");
    assertThat(text(created, "classId")).isEqualTo("Device");
    assertThat(text(created, "deviceInfo", "serialNumber")).isEqualTo("7");
    assertThat(text(created, "registration", "auth", "id")).isEqualTo(standard.key().key());
    assertThat(text(created, "registration", "auth", "type")).isEqualTo("app");
    assertThat(text(created, "registration", "date"))
        .isEqualTo(WatsonTime.text(watson.domain.clock.instant()));
    assertThat(created.path("status").path("alert").path("enabled").isBoolean()).isTrue();
    assertThat(text(created, "refs", "diag", "logs"))
        .isEqualTo("/api/v0002/device/types/pump/devices/p1/diag/logs");

    JsonNode read = get("/device/types/pump/devices/p1").is(200).json();
    assertThat(read.has("authToken")).isFalse();
    new Call("POST", "/device/types/pump/devices/p1/events/e")
        .as("use-token-auth", token)
        .body("{}")
        .send()
        .is(200);
  }

  @ParameterizedTest
  @CsvSource({
    "Abcdef_1, 201",
    "'a.b!c&d@e?f*g+h(i)j-', 201",
    "short, 400",
    "1234567890123456789012345678901234567, 400",
    "has blank, 400",
    "umlautää, 400"
  })
  void a_chosen_token_follows_the_rule(String token, int status) {
    type("pump");
    call("POST", "/device/types/pump/devices")
        .body("{\"deviceId\":\"p1\",\"authToken\":\"" + token + "\"}")
        .send()
        .is(status);
  }

  @Test
  void problems_of_a_registration_have_their_codes() {
    type("pump");
    call("POST", "/device/types/pump/devices").body("{\"deviceId\":\"p1\"}").send().is(201);
    call("POST", "/device/types/pump/devices").body("{\"deviceId\":\"p1\"}").send().is(409);
    call("POST", "/device/types/pump/devices").body("{}").send().is(400);
    call("POST", "/device/types/pump/devices").body("{\"deviceId\":\"a b\"}").send().is(400);
    call("POST", "/device/types/pump/devices")
        .body("{\"deviceId\":\"p2\",\"location\":{\"latitude\":1}}")
        .send()
        .is(400);
    JsonNode unknown =
        call("POST", "/device/types/none/devices")
            .body("{\"deviceId\":\"p1\"}")
            .send()
            .is(404)
            .json();
    assertThat(text(unknown, "exception", "id")).isEqualTo("CUDVS0301E");
  }

  @Test
  void a_change_merges_member_by_member() {
    type("pump");
    call("POST", "/device/types/pump/devices")
        .body(
            "{\"deviceId\":\"p1\",\"deviceInfo\":{\"model\":\"m\",\"fwVersion\":\"1\"},"
                + "\"metadata\":{\"a\":1}}")
        .send()
        .is(201);
    JsonNode changed =
        call("PUT", "/device/types/pump/devices/p1")
            .body(
                "{\"deviceInfo\":{\"fwVersion\":\"2\"},"
                    + "\"status\":{\"alert\":{\"enabled\":true}},\"extensions\":{}}")
            .send()
            .is(200)
            .json();
    assertThat(text(changed, "deviceInfo", "model")).isEqualTo("m");
    assertThat(text(changed, "deviceInfo", "fwVersion")).isEqualTo("2");
    assertThat(changed.path("metadata").path("a").intValue()).isEqualTo(1);
    assertThat(changed.path("status").path("alert").path("enabled").booleanValue()).isTrue();
    call("PUT", "/device/types/pump/devices/p1").body("{\"deviceId\":\"p2\"}").send().is(400);
    call("PUT", "/device/types/pump/devices/no").body("{}").send().is(404);
  }

  @Test
  void a_deleted_device_is_gone() {
    device("pump", "p1");
    call("DELETE", "/device/types/pump/devices/p1").send().is(204);
    get("/device/types/pump/devices/p1").is(404);
    call("DELETE", "/device/types/pump/devices/p1").send().is(404);
  }

  @Test
  void lists_are_sorted_and_paged_with_a_bookmark_of_their_own() {
    for (String id : List.of("b", "a", "d", "c")) {
      device("pump", id);
    }
    String path = "/device/types/pump/devices?_sort=-deviceId&_limit=3";
    JsonNode first = get(path).is(200).json();
    assertThat(ids(first)).containsExactly("d", "c", "b");
    assertThat(first.path("meta").path("total_rows").intValue()).isEqualTo(4);
    String bookmark = text(first, "bookmark");
    JsonNode second = get(path + "&_bookmark=" + bookmark).is(200).json();
    assertThat(ids(second)).containsExactly("a");
    assertThat(second.has("bookmark")).isFalse();
  }

  private List<String> ids(JsonNode page) {
    List<String> ids = new ArrayList<>();
    page.path("results").forEach(device -> ids.add(device.path("deviceId").asString()));
    return ids;
  }

  /** THREATS T38. */
  @Test
  void a_bookmark_of_another_query_principal_or_tenant_is_refused() {
    device("pump", "a");
    device("pump", "b");
    String path = "/device/types/pump/devices";
    String bookmark = text(get(path + "?_limit=1").is(200).json(), "bookmark");
    get(path + "?_limit=1&_bookmark=" + bookmark).is(200);
    get(path + "?_limit=1&_sort=-deviceId&_bookmark=" + bookmark).is(400);
    get("/device/types?_limit=1&_bookmark=" + bookmark).is(400);
    get(path + "?_bookmark=x" + bookmark.substring(1)).is(400);
    get(path + "?_bookmark=nonsense!").is(400);
    IssuedApiKey other = watson.domain.anApiKey(tenant, Role.STANDARD_APPLICATION);
    new Call("GET", path + "?_limit=1&_bookmark=" + bookmark).as(other).send().is(400);

    Tenant first = tenant;
    make_a_tenant();
    assertThat(tenant.id()).isNotEqualTo(first.id());
    device("pump", "a");
    get(path + "?_limit=1&_bookmark=" + bookmark).is(400);
  }

  @ParameterizedTest
  @CsvSource({
    "_limit=0, CUDRS0007E",
    "_limit=101, CUDRS0012E",
    "_limit=x, CUDRS0007E",
    "_sort=color, CUDRS0007E",
    "deviceInfo.model=x, CUDRS0007E",
    "gatewayId=g, CUDRS0007E"
  })
  void a_query_that_is_not_valid_is_400(String query, String violation) {
    device("pump", "p1");
    JsonNode json = get("/device/types/pump/devices?" + query).is(400).json();
    assertThat(text(json.path("violations").get(0), "exception", "id")).isEqualTo(violation);
  }

  @Test
  void devices_behind_a_gateway_are_listed() {
    RegisteredDevice gateway =
        watson.domain.aDevice(tenant).ofType("gw").withId("g1").asGateway().register();
    watson.domain.aDevice(tenant).ofType("pump").withId("c1").behind(gateway.device()).register();
    device("pump", "p1");
    JsonNode behind = get("/device/types/gw/devices/g1/devices").is(200).json();
    assertThat(ids(behind)).containsExactly("c1");
    JsonNode child = behind.path("results").get(0);
    assertThat(text(child, "gatewayTypeId")).isEqualTo("gw");
    assertThat(text(child, "gatewayId")).isEqualTo("g1");
    assertThat(ids(get("/device/types/pump/devices?gatewayTypeId=gw&gatewayId=g1").is(200).json()))
        .containsExactly("c1");
    get("/device/types/pump/devices/p1/devices").is(403);
    get("/device/types/gw/devices/no/devices").is(404);
    assertThat(text(get("/device/types/gw/devices/g1").json(), "clientId")).startsWith("g:");
  }

  @Test
  void an_id_of_another_contract_is_spelled_with_percents_and_found_by_both_spellings() {
    device("c8y", "ä 1");
    JsonNode one = get("/device/types/c8y/devices/%C3%A4%201").is(200).json();
    assertThat(text(one, "deviceId")).isEqualTo("%C3%A4%201");
  }

  @Test
  void another_tenants_device_is_not_there() {
    device("pump", "p1");
    make_a_tenant();
    get("/device/types/pump/devices/p1").is(404);
    call("DELETE", "/device/types/pump/devices/p1").send().is(404);
    get("/device/types/pump/devices").is(404);
  }

  @ParameterizedTest
  @CsvSource({
    "VISUALIZATION, 200, 403",
    "DATA_PROCESSOR, 200, 403",
    "DEVICE_APPLICATION, 403, 403"
  })
  void a_role_without_registry_write_reads_at_most(Role role, int read, int write) {
    device("pump", "p1");
    IssuedApiKey key = watson.domain.anApiKey(tenant, role);
    new Call("GET", "/device/types/pump/devices/p1").as(key).send().is(read);
    new Call("GET", "/device/types").as(key).send().is(read);
    JsonNode refused =
        new Call("POST", "/device/types/pump/devices")
            .as(key)
            .body("{\"deviceId\":\"p2\"}")
            .send()
            .is(write)
            .json();
    assertThat(text(refused, "refusal")).hasSize(22);
    new Call("DELETE", "/device/types/pump/devices/p1").as(key).send().is(write);
    new Call("PUT", "/device/types/pump").as(key).body("{}").send().is(write);
    new Call("PUT", "/config/lec").as(key).body("{\"enabled\":true}").send().is(write);
  }
}
