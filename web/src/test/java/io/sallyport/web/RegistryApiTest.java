package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.device.ConnectionDetails;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.web.Api.Answer;
import io.sallyport.web.Api.Login;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.MockMvc;
import tools.jackson.databind.JsonNode;

/** Tenants, API keys, device types and devices through the API. */
@ApiTest
final class RegistryApiTest {
  @Autowired private MockMvc mvc;
  @Autowired private TestPlatform platform;

  private Api api;
  private String tenant;
  private Login admin;
  private String base;

  @BeforeEach
  void setUp() {
    api = new Api(mvc);
    tenant = platform.newTenant();
    admin = platform.administrator(tenant);
    base = "/api/v1/tenants/" + tenant;
  }

  @Test
  void an_operator_makes_changes_suspends_and_deletes_a_tenant() {
    Login operator = platform.operator();
    String id = platform.unusedTenantId();
    String path = "/api/v1/tenants/" + id;

    Answer created =
        api.post(
            operator,
            "/api/v1/tenants",
            "{\"id\":\"%s\",\"name\":\"Acme\",\"settings\":{\"retentionSeconds\":3600}}"
                .formatted(id));
    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    assertThat(created.header("Location")).isEqualTo(path);
    assertThat(created.text("status")).isEqualTo("active");
    assertThat(created.json().at("/settings/retentionSeconds").asLong()).isEqualTo(3600);
    assertThat(created.json().at("/settings/lastEventCache").asBoolean(true)).isFalse();

    assertThat(api.get(operator, "/api/v1/tenants?limit=1000").body()).contains(id);
    assertThat(
            api.post(operator, "/api/v1/tenants", "{\"name\":\"n\",\"id\":\"" + id + "\"}").code())
        .isEqualTo("already-exists");

    Answer changed =
        api.patch(
            operator,
            path,
            "{\"name\":\"Acme 2\",\"status\":\"suspended\",\"settings\":{\"lastEventCache\":true}}");
    assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
    assertThat(changed.text("name")).isEqualTo("Acme 2");
    assertThat(changed.text("status")).isEqualTo("suspended");
    assertThat(changed.json().at("/settings/lastEventCache").asBoolean()).isTrue();
    assertThat(changed.json().at("/settings/retentionSeconds").asLong()).isEqualTo(3600);

    assertThat(api.delete(operator, path).status()).isEqualTo(204);
    assertThat(api.get(operator, path).status()).isEqualTo(404);
  }

  @Test
  void nonsense_about_a_tenant_is_refused() {
    Login operator = platform.operator();
    for (String body :
        new String[] {
          "{}",
          "{\"id\":\"ACME01\",\"name\":\"n\"}",
          "{\"id\":\"a\",\"name\":\"n\"}",
          "{\"id\":\"abc123\",\"name\":\"n\",\"settings\":{\"retentionSeconds\":0}}",
          "{\"id\":\"abc123\",\"name\":\"n\",\"settings\":{\"retentionSeconds\":9223372036854775807}}",
          "{\"id\":\"abc123\",\"name\":\"n\",\"settings\":{\"lastEventCacheDays\":46}}",
          "{\"id\":\"abc123\",\"name\":\"n\",\"settings\":{\"retentionBytesMax\":-1}}"
        }) {
      assertThat(api.post(operator, "/api/v1/tenants", body).code()).as(body).isEqualTo("invalid");
    }
    assertThat(api.patch(operator, base, "{\"status\":\"gone\"}").code()).isEqualTo("invalid");
  }

  @Test
  void a_tenant_cannot_suspend_or_resume_itself() {
    for (String status : new String[] {"active", "suspended"}) {
      Answer answer =
          api.patch(admin, base, "{\"name\":\"changed\",\"status\":\"" + status + "\"}");

      assertThat(answer.status()).isEqualTo(403);
    }
    assertThat(api.get(admin, base).text("name")).isNotEqualTo("changed");
  }

  @Test
  void an_id_is_made_for_a_tenant_that_brings_none() {
    Answer created = api.post(platform.operator(), "/api/v1/tenants", "{\"name\":\"Acme\"}");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("id")).matches("[a-z0-9]{6}");
  }

  @Test
  void a_tenants_principal_sees_its_own_tenant() {
    Answer answer = api.get(admin, base);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("id")).isEqualTo(tenant);
  }

  @Test
  void an_operator_makes_a_tenants_first_api_key_which_then_works() {
    Answer created =
        api.post(
            platform.operator(),
            base + "/api-keys",
            "{\"roles\":[\"administrator\"],\"comment\":\"first\"}");

    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    Login key = new Login(created.text("key"), created.text("token"));
    assertThat(api.get(key, base).status()).isEqualTo(200);
    String path = base + "/api-keys/" + key.key();
    assertThat(created.header("Location")).isEqualTo(path);
    assertThat(api.get(admin, path).json().has("token")).isFalse();
    assertThat(api.get(admin, base + "/api-keys").body()).doesNotContain(key.token());

    Answer changed = api.patch(admin, path, "{\"roles\":[\"reader\"],\"enabled\":false}");
    assertThat(changed.json().path("roles").toString()).isEqualTo("[\"reader\"]");
    assertThat(changed.json().path("enabled").asBoolean(true)).isFalse();
    assertThat(api.get(key, base + "/devices").status()).isEqualTo(401);

    assertThat(api.delete(admin, path).status()).isEqualTo(204);
    assertThat(api.get(admin, path).status()).isEqualTo(404);
  }

  @Test
  void an_unknown_role_is_refused() {
    assertThat(api.post(admin, base + "/api-keys", "{\"roles\":[\"king\"]}").code())
        .isEqualTo("invalid");
  }

  @Test
  void a_device_type_lives_from_creation_to_deletion() {
    Answer created =
        api.post(
            admin,
            base + "/device-types",
            "{\"id\":\"pump\",\"class\":\"gateway\",\"description\":\"d\","
                + "\"info\":{\"model\":\"m1\"},\"metadata\":{\"a\":1.50}}");
    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    String path = base + "/device-types/pump";
    assertThat(created.header("Location")).isEqualTo(path);

    JsonNode read = api.get(admin, path).json();
    assertThat(read.path("class").asString()).isEqualTo("gateway");
    assertThat(read.at("/info/model").asString()).isEqualTo("m1");
    assertThat(read.at("/metadata").toString()).isEqualTo("{\"a\":1.50}");

    Answer changed = api.patch(admin, path, "{\"description\":\"new\"}");
    assertThat(changed.text("description")).isEqualTo("new");
    assertThat(changed.json().at("/info/model").asString()).isEqualTo("m1");

    platform.device(tenant, "pump", "p1");
    assertThat(api.delete(admin, path).code()).isEqualTo("in-use");
    api.delete(admin, base + "/devices/pump/p1");
    assertThat(api.delete(admin, path).status()).isEqualTo(204);
    assertThat(api.get(admin, path).status()).isEqualTo(404);
    assertThat(api.post(admin, base + "/device-types", "{\"id\":\"x\",\"class\":\"Tank\"}").code())
        .isEqualTo("invalid");
  }

  @Test
  void a_device_lives_from_registration_to_deletion() {
    platform.type(tenant, "pump");
    Answer created =
        api.post(
            admin,
            base + "/devices",
            "{\"type\":\"pump\",\"id\":\"ä:1\",\"info\":{\"serialNumber\":\"s\"},"
                + "\"metadata\":{\"floor\":3}}");
    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    assertThat(created.text("token")).isNotEmpty();
    String path = base + "/devices/pump/%C3%A4:1";
    assertThat(created.header("Location")).isEqualTo(path);

    Answer read = api.get(admin, path);
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.json().has("token")).isFalse();
    assertThat(read.text("id")).isEqualTo("ä:1");
    assertThat(read.text("class")).isEqualTo("device");
    assertThat(read.json().at("/metadata/floor").asInt()).isEqualTo(3);
    assertThat(api.post(admin, base + "/devices", "{\"type\":\"pump\",\"id\":\"ä:1\"}").code())
        .isEqualTo("already-exists");

    Answer changed = api.patch(admin, path, "{\"enabled\":false,\"info\":{\"model\":\"m\"}}");
    assertThat(changed.json().path("enabled").asBoolean(true)).isFalse();
    assertThat(changed.json().at("/info/model").asString()).isEqualTo("m");
    assertThat(changed.json().at("/info/serialNumber").asString()).isEqualTo("s");

    Answer replaced = api.post(admin, path + "/credentials", null);
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(replaced.text("token")).isNotEmpty().isNotEqualTo(created.text("token"));

    assertThat(api.get(admin, path + "/connection").text("status")).isEqualTo("offline");
    assertThat(api.delete(admin, path).status()).isEqualTo(204);
    assertThat(api.get(admin, path).status()).isEqualTo(404);
    assertThat(api.get(admin, path + "/connection").status()).isEqualTo(404);
  }

  @Test
  void a_connection_is_shown_with_its_beginning_address_and_client_id() {
    platform.device(tenant, "pump", "p1");
    ConnectionDetails details =
        new ConnectionDetails(
            Instant.parse("2026-11-20T10:00:00Z"),
            "192.0.2.7",
            true,
            "watson",
            "d:" + tenant + ":pump:p1");
    LiveConnections.Registration registration = platform.connected(tenant, "pump", "p1", details);

    JsonNode connected = api.get(admin, base + "/devices/pump/p1/connection").json();
    registration.close();
    JsonNode offline = api.get(admin, base + "/devices/pump/p1/connection").json();

    assertThat(connected.path("status").asString()).isEqualTo("connected");
    assertThat(connected.path("since").asString()).isEqualTo("2026-11-20T10:00:00Z");
    assertThat(connected.path("address").asString()).isEqualTo("192.0.2.7");
    assertThat(connected.path("secure").asBoolean()).isTrue();
    assertThat(connected.path("contract").asString()).isEqualTo("watson");
    assertThat(connected.path("clientId").asString()).isEqualTo("d:" + tenant + ":pump:p1");
    assertThat(offline.size()).isEqualTo(1);
    assertThat(offline.path("status").asString()).isEqualTo("offline");
  }

  @Test
  void unknown_things_are_not_found() {
    for (String path :
        new String[] {
          "/devices/pump/none",
          "/devices/no-type/none",
          "/devices/p%20ump/x",
          "/device-types/none",
          "/device-types/b%20d",
          "/devices/pump/none/events",
          "/devices/pump/none/series?path=a",
          "/devices/pump/none/commands",
          "/commands/none",
          "/api-keys/none"
        }) {
      Answer answer = api.get(admin, base + path);

      assertThat(answer.status()).as(path + " " + answer).isEqualTo(404);
      assertThat(answer.code()).isEqualTo("not-found");
    }
    assertThat(api.get(admin, "/api/v1/tenants/TOOLONGNAME").status()).isEqualTo(404);
  }
}
