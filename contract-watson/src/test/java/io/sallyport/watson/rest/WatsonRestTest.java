package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Qos;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.watson.WatsonTime;
import io.sallyport.watson.testing.TestClient;
import io.sallyport.watson.testing.WatsonFixture;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** watson-iot.md sections 8 and 9, as requests and answers. */
@SpringBootTest(classes = RestTestApplication.class)
@AutoConfigureMockMvc
class WatsonRestTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final AtomicInteger NEXT_TENANT = new AtomicInteger();

  private final MockMvc mvc;
  private final WatsonFixture watson;
  private final ReadBudget budget;
  private Tenant tenant;
  private IssuedApiKey standard;

  @Autowired
  WatsonRestTest(MockMvc mvc, WatsonFixture watson, ReadBudget budget) {
    this.mvc = mvc;
    this.budget = budget;
    this.watson = watson;
    this.tenant = watson.acme;
    this.standard = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
  }

  /** Each test has a tenant of its own. */
  @BeforeEach
  void make_a_tenant() {
    tenant = watson.domain.aTenant(String.format("t%05d", NEXT_TENANT.incrementAndGet()));
    standard = watson.domain.anApiKey(tenant, Role.STANDARD_APPLICATION);
  }

  /** A request in the making. */
  private final class Call {
    private final MockHttpServletRequestBuilder request;

    Call(String method, String path) {
      request =
          MockMvcRequestBuilders.request(
                  HttpMethod.valueOf(method), URI.create("/api/v0002" + path))
              .secure(true)
              .header("Host", tenant.id() + "." + WatsonFixture.DOMAIN)
              .contentType("application/json");
    }

    Call as(String user, String token) {
      request.header(
          "Authorization",
          "Basic "
              + Base64.getEncoder()
                  .encodeToString((user + ":" + token).getBytes(StandardCharsets.UTF_8)));
      return this;
    }

    Call as(IssuedApiKey key) {
      return as(key.key().key(), key.token().revealText());
    }

    Call body(String json) {
      request.content(json);
      return this;
    }

    Call header(String name, String value) {
      request.header(name, value);
      return this;
    }

    Answer send() {
      try {
        return new Answer(mvc.perform(request).andReturn().getResponse());
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }
  }

  private record Answer(MockHttpServletResponse response) {
    int status() {
      return response.getStatus();
    }

    JsonNode json() {
      return JSON.readTree(response.getContentAsByteArray());
    }

    Answer is(int status) {
      assertThat(status())
          .as(new String(response.getContentAsByteArray(), StandardCharsets.UTF_8))
          .isEqualTo(status);
      return this;
    }
  }

  private Call call(String method, String path) {
    return new Call(method, path).as(standard);
  }

  private Answer get(String path) {
    return call("GET", path).send();
  }

  private RegisteredDevice device(String type, String id) {
    return watson.domain.aDevice(tenant).ofType(type).withId(id).register();
  }

  private void type(String id) {
    call("POST", "/device/types").body("{\"id\":\"" + id + "\"}").send().is(201);
  }

  private static String text(JsonNode json, String... path) {
    JsonNode at = json;
    for (String name : path) {
      at = at.path(name);
    }
    return at.asString();
  }

  @Nested
  class Login {
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

  @Nested
  class Types {
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

  @Nested
  class Devices {
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
      assertThat(
              ids(get("/device/types/pump/devices?gatewayTypeId=gw&gatewayId=g1").is(200).json()))
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

  @Nested
  class Messaging {
    private List<String> storedNames(Device device) {
      return watson
          .history
          .read(device.key().tenant().equals(tenant.id()) ? tenant.number() : -1, 0, 100)
          .stream()
          .map(stored -> stored.event().name() + " " + stored.event().format())
          .toList();
    }

    @ParameterizedTest
    @CsvSource({
      "application/json, json",
      "application/json; charset=utf-8, json",
      "text/plain, text",
      "application/xml, xml",
      "application/octet-stream, bin"
    })
    void the_media_type_gives_the_format(String contentType, String format) {
      RegisteredDevice pump = device("pump", "p1");
      Call call =
          new Call("POST", "/device/types/pump/devices/p1/events/status")
              .as("use-token-auth", pump.token().revealText())
              .body("x");
      call.request.contentType(contentType);
      call.send().is(200);
      assertThat(storedNames(pump.device())).containsExactly("status " + format);
    }

    @Test
    void an_unknown_media_type_is_400_and_a_large_payload_413() {
      RegisteredDevice pump = device("pump", "p1");
      String path = "/device/types/pump/devices/p1/events/status";
      Call image = new Call("POST", path).as("use-token-auth", pump.token().revealText()).body("x");
      image.request.contentType("image/png");
      image.send().is(400);
      new Call("POST", path)
          .as("use-token-auth", pump.token().revealText())
          .body("x".repeat(131_073))
          .send()
          .is(413);
      assertThat(storedNames(pump.device())).isEmpty();
    }

    @Test
    void a_device_posts_its_own_events_only() {
      RegisteredDevice pump = device("pump", "p1");
      device("pump", "p2");
      String token = pump.token().revealText();
      new Call("POST", "/device/types/pump/devices/p1/events/e")
          .as("use-token-auth", token)
          .send()
          .is(200);
      new Call("POST", "/device/types/pump/devices/p2/events/e")
          .as("use-token-auth", token)
          .send()
          .is(401);
      new Call("GET", "/device/types/pump/devices/p1").as("use-token-auth", token).send().is(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "-"})
    void a_gateway_posts_for_itself_and_devices_behind_it_only(String separator) {
      RegisteredDevice gateway =
          watson.domain.aDevice(tenant).ofType("gw").withId("g1").asGateway().register();
      watson.domain.aDevice(tenant).ofType("pump").withId("c1").behind(gateway.device()).register();
      device("pump", "p1");
      String user = String.join(separator, "g", tenant.id().value(), "gw", "g1");
      String token = gateway.token().revealText();
      new Call("POST", "/device/types/gw/devices/g1/events/e").as(user, token).send().is(200);
      new Call("POST", "/device/types/pump/devices/c1/events/e").as(user, token).send().is(200);
      JsonNode refused =
          new Call("POST", "/device/types/pump/devices/p1/events/e")
              .as(user, token)
              .send()
              .is(403)
              .json();
      assertThat(text(refused, "refusal")).hasSize(22);
      new Call("POST", "/device/types/pump/devices/no/events/e").as(user, token).send().is(403);
      new Call("GET", "/device/types").as(user, token).send().is(403);
    }

    @Test
    void an_application_posts_events_of_registered_devices() {
      RegisteredDevice pump = device("pump", "p1");
      call("POST", "/application/types/pump/devices/p1/events/status").body("{}").send().is(200);
      assertThat(storedNames(pump.device())).containsExactly("status json");
      call("POST", "/application/types/pump/devices/no/events/status").body("{}").send().is(404);
      new Call("POST", "/application/types/pump/devices/p1/events/status")
          .as(watson.domain.anApiKey(tenant, Role.VISUALIZATION))
          .body("{}")
          .send()
          .is(403);
      call("POST", "/device/types/pump/devices/p1/events/status").body("{}").send().is(403);
    }

    @Test
    void an_application_sends_a_command_to_a_connected_device() {
      RegisteredDevice pump = device("pump", "p1");
      TestClient client = watson.admitted(WatsonFixture.as(pump));
      client.subscribe("iot-2/cmd/+/fmt/+", Qos.EXACTLY_ONCE);
      call("POST", "/application/types/pump/devices/p1/commands/reset").body("{}").send().is(200);
      assertThat(client.received())
          .extracting(TestClient.Received::topic)
          .containsExactly("iot-2/cmd/reset/fmt/json");
      call("POST", "/application/types/pump/devices/no/commands/reset").send().is(404);
      new Call("POST", "/application/types/pump/devices/p1/commands/reset")
          .as(watson.domain.anApiKey(tenant, Role.VISUALIZATION))
          .send()
          .is(403);
      assertThat(watson.domain.commandStore.list(pump.device().key(), PageRequest.first(9)).items())
          .hasSize(1);
    }

    @Test
    void a_store_that_takes_nothing_is_500() {
      device("pump", "p1");
      watson.ingest.pause();
      try {
        call("POST", "/application/types/pump/devices/p1/events/e").body("{}").send().is(500);
      } finally {
        watson.ingest.resume();
      }
    }
  }

  @Nested
  class History {
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
      JsonNode one =
          get(path + "?start=" + second + "&end=" + second).is(200).json().path("events");
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

  @Nested
  class Keys {
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
      call("POST", "/authorization/apikeys")
          .body("{\"roles\":[\"PD_STANDARD_APP\"]}")
          .send()
          .is(403);
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
      new Call("DELETE", "/authorization/apikeys/" + foreign.key().key())
          .as(admin())
          .send()
          .is(404);
    }
  }

  @Nested
  class ConnectionLogs {
    @Test
    void a_devices_connections_are_told_newest_first() {
      RegisteredDevice pump = device("pump", "p1");
      watson.admitted(WatsonFixture.as(pump)).disconnect();
      String path = "/logs/connection?typeId=pump&deviceId=p1";
      JsonNode log = get(path).is(200).json();
      assertThat(log.size()).isEqualTo(2);
      assertThat(text(log.get(0), "message")).startsWith("Disconnected, code 0");
      assertThat(text(log.get(1), "message")).startsWith("Connected from");
      assertThat(text(log.get(0), "timestamp")).endsWith("Z");
      assertThat(get(path + "&limit=1&offset=1").is(200).json().size()).isEqualTo(1);
      get(path + "&fromTime=yesterday").is(400);
      get("/logs/connection?typeId=pump").is(400);
      get("/logs/connection?typeId=pump&deviceId=no").is(404);
      new Call("GET", path).as(watson.domain.anApiKey(tenant, Role.VISUALIZATION)).send().is(403);
    }
  }
}
