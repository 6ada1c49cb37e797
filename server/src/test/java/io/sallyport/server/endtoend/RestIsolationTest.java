package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.server.endtoend.TwoOrganizations.Witnesses;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * No REST path, query, body, host name or bookmark reaches another organization, nor tells whether
 * it exists (THREATS T15, T38, T45, T47).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestIsolationTest {
  private TwoOrganizations two;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    two = TwoOrganizations.in(folder);
  }

  @AfterAll
  void stop() {
    two.close();
  }

  // ---- REST

  /** Every route of the native API in that tenant, with bodies that would be taken at home. */
  private static List<String[]> routesOf(String tenant) {
    String at = "/api/v1/tenants/" + tenant;
    String device = at + "/devices/pump/p1";
    String key = at + "/api-keys/a-" + tenant + "-abcdefghij";
    return List.of(
        new String[][] {
          {"GET", at, ""},
          {"PATCH", at, "{\"name\":\"taken\"}"},
          {"PATCH", at, "{\"status\":\"suspended\"}"},
          {"DELETE", at, ""},
          {"GET", at + "/device-types", ""},
          {"POST", at + "/device-types", "{\"id\":\"stolen\",\"class\":\"device\"}"},
          {"GET", at + "/device-types/pump", ""},
          {"PATCH", at + "/device-types/pump", "{\"description\":\"taken\"}"},
          {"DELETE", at + "/device-types/pump", ""},
          {"GET", at + "/devices", ""},
          {"GET", at + "/devices?type=pump&sort=-id&limit=1", ""},
          {"POST", at + "/devices", "{\"type\":\"pump\",\"id\":\"stolen\"}"},
          {"GET", device, ""},
          {"PATCH", device, "{\"enabled\":false}"},
          {"DELETE", device, ""},
          {"POST", device + "/credentials", ""},
          {"GET", device + "/connection", ""},
          {"GET", device + "/events", ""},
          {"POST", device + "/events", "{\"name\":\"e\",\"payload\":{\"stolen\":1}}"},
          {"GET", device + "/series?name=e&path=a", ""},
          {"GET", device + "/commands", ""},
          {"POST", device + "/commands", "{\"name\":\"c\",\"payload\":{\"stolen\":1}}"},
          {"GET", at + "/commands/1", ""},
          {"GET", at + "/api-keys", ""},
          {"POST", at + "/api-keys", "{\"roles\":[\"administrator\"]}"},
          {"GET", key, ""},
          {"PATCH", key, "{\"enabled\":false}"},
          {"DELETE", key, ""},
          {"GET", at + "/audit", ""},
          {"GET", at + "/audit/verify", ""}
        });
  }

  @Test
  void no_native_route_tells_another_organization_from_one_that_never_was() {
    List<String> before = stateOfZeta();
    try (Witnesses witnesses = two.witnesses()) {
      List<String[]> foreign = routesOf("zeta02");
      List<String[]> unknown = routesOf("nosuch");
      for (RunningServer.Rest caller : List.of(two.server().admin(), two.server().app())) {
        for (int i = 0; i < foreign.size(); i++) {
          String[] route = foreign.get(i);
          HttpResponse<String> asked = caller.send(route[0], route[1], route[2]);
          HttpResponse<String> never =
              caller.send(unknown.get(i)[0], unknown.get(i)[1], unknown.get(i)[2]);
          assertThat(asked.statusCode()).as("%s %s", route[0], route[1]).isEqualTo(404);
          assertThat(anonymous(asked.body()))
              .as("%s %s", route[0], route[1])
              .isEqualTo(anonymous(never.body()));
          explains(caller, asked);
        }
      }
      witnesses.sawNothing();
    }
    assertThat(stateOfZeta()).isEqualTo(before);
  }

  /** The id that explains a refusal differs from one to the next. */
  private static String anonymous(String body) {
    return body.replaceAll("\"(refusal|instance|id)\":\"[^\"]*\"", "").replace("zeta02", "nosuch");
  }

  /**
   * The operator learns why, for what a foreign name owns is his to see (THREATS T47); the
   * administrator of the organization that was asked for learns nothing.
   */
  private void explains(RunningServer.Rest caller, HttpResponse<String> refused) {
    String id = caller.json(refused).path("refusal").asString("");
    assertThat(id).as(refused.body()).isNotEmpty();
    HttpResponse<String> explanation = two.operator().get("/api/v1/refusals/" + id);
    assertThat(explanation.statusCode()).as(explanation.body()).isEqualTo(200);
    assertThat(two.operator().json(explanation).path("fix").asString("")).isNotBlank();
    assertThat(two.zetaAdmin().get("/api/v1/refusals/" + id).statusCode()).isEqualTo(404);
  }

  private List<String> stateOfZeta() {
    RunningServer.Rest zeta = two.zetaAdmin();
    List<String> state = new ArrayList<>();
    for (String path :
        List.of("", "/device-types", "/devices", "/api-keys", "/devices/pump/p1/commands")) {
      HttpResponse<String> answer = zeta.get("/api/v1/tenants/zeta02" + path);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      state.add(answer.body());
    }
    return state;
  }

  @Test
  void the_contracts_api_knows_no_other_organization() {
    List<String> before = stateOfZeta();
    RunningServer.Rest admin = two.server().admin();
    String keys = "/api/v0002/authorization/apikeys/";
    for (String method : List.of("GET", "DELETE", "PUT")) {
      String end = method.equals("PUT") ? "/roles" : "";
      String body = method.equals("PUT") ? "{\"roles\":[\"PD_VISUALIZATION_APP\"]}" : "";
      HttpResponse<String> foreign = admin.send(method, keys + RunningServer.ZETA_KEY + end, body);
      HttpResponse<String> unknown = admin.send(method, keys + "a-zeta02-nosuchkey1" + end, body);
      assertThat(foreign.statusCode()).as(foreign.body()).isEqualTo(404);
      assertThat(foreign.body().replace(RunningServer.ZETA_KEY, "K"))
          .isEqualTo(unknown.body().replace("a-zeta02-nosuchkey1", "K"));
    }
    for (String id : List.of("d:zeta02:pump:p1", "d%3Azeta02%3Apump%3Ap1", "zeta02")) {
      String path = "/api/v0002/device/types/pump/devices/" + id;
      for (String end : List.of("", "/events", "/devices")) {
        assertThat(admin.get(path + end).statusCode()).as(path + end).isIn(403, 404);
      }
      assertThat(admin.send("DELETE", path, "").statusCode()).as(path).isEqualTo(404);
    }
    for (String query : List.of("org=zeta02", "orgId=zeta02", "tenant=zeta02")) {
      assertThat(admin.get("/api/v0002/device/types?" + query).statusCode()).isEqualTo(400);
      assertThat(admin.get("/api/v0002/device/types?" + query).body()).doesNotContain("zeta-");
    }
    assertThat(
            admin
                .send(
                    "POST",
                    "/api/v0002/device/types/pump/devices",
                    "{\"deviceId\":\"stray\",\"orgId\":\"zeta02\"}")
                .statusCode())
        .isEqualTo(400);
    assertThat(stateOfZeta()).isEqualTo(before);
  }

  @Test
  void a_host_header_of_another_organization_makes_the_login_a_bad_one() {
    String login = RawHttps.basic(RunningServer.ADMIN_KEY, RunningServer.ADMIN_TOKEN);
    for (String path :
        List.of(
            "/api/v0002/", "/api/v0002/device/types", "/api/v0002/device/types/pump/devices/p1")) {
      RawHttps.Answer foreign = get(path, "zeta02.localhost", login);
      assertThat(foreign.status()).as(foreign.body()).isEqualTo(401);
      assertThat(foreign.body()).doesNotContain("acme", "Acme", "Zeta");
      RawHttps.Answer own = get(path, "acme01.localhost", login);
      assertThat(own.status()).as(own.body()).isEqualTo(200);
    }
    // A device names its organization by the host only: its token must fit that one.
    String device = RawHttps.basic("use-token-auth", "token-of-pump-one");
    String event = "/api/v0002/device/types/pump/devices/p1/events/e";
    assertThat(post(event, "zeta02.localhost", device).status()).isEqualTo(401);
    assertThat(post(event, "nosuch.localhost", device).status()).isEqualTo(401);
    assertThat(post(event, "localhost", device).status()).isEqualTo(401);
    assertThat(post(event.replace("p1", "p2"), "acme01.localhost", device).status()).isEqualTo(401);
    assertThat(post(event, "acme01.localhost", device).status()).isEqualTo(200);
  }

  private RawHttps.Answer get(String path, String host, String login) {
    return RawHttps.exchange(
        two.server().socket(two.server().https()), "GET", path, host, login, "");
  }

  private RawHttps.Answer post(String path, String host, String login) {
    return RawHttps.exchange(
        two.server().socket(two.server().https()), "POST", path, host, login, "{}");
  }

  @Test
  void a_place_in_another_organizations_list_opens_nothing() {
    RunningServer.Rest zeta = two.zetaAdmin();
    for (int i = 0; i < 3; i++) {
      assertThat(
              zeta.send(
                      "POST",
                      "/api/v0002/device/types/pump/devices",
                      "{\"deviceId\":\"page" + i + "\"}")
                  .statusCode())
          .isEqualTo(201);
    }
    String contract = "/api/v0002/device/types/pump/devices?_limit=1";
    String bookmark = zeta.json(zeta.get(contract)).path("bookmark").asString();
    assertThat(zeta.get(contract + "&_bookmark=" + bookmark).statusCode()).isEqualTo(200);
    String next =
        zeta.json(zeta.get("/api/v1/tenants/zeta02/devices?limit=1")).path("next").asString();
    assertThat(zeta.get("/api/v1/tenants/zeta02/devices?limit=1&next=" + next).statusCode())
        .isEqualTo(200);
    for (RunningServer.Rest stranger :
        List.of(
            two.server().admin(),
            two.server().rest(RunningServer.ZETA_KEY, RunningServer.ZETA_TOKEN))) {
      assertThat(stranger.get(contract + "&_bookmark=" + bookmark).statusCode()).isEqualTo(400);
    }
    assertThat(
            two.server()
                .admin()
                .get("/api/v1/tenants/acme01/devices?limit=1&next=" + next)
                .statusCode())
        .isEqualTo(400);
    assertThat(
            two.server()
                .admin()
                .get("/api/v1/tenants/zeta02/devices?limit=1&next=" + next)
                .statusCode())
        .isEqualTo(400);
  }

  /** THREATS T45. */
  @Test
  void an_operator_has_no_right_to_an_organizations_data() {
    for (String path :
        List.of(
            "/devices",
            "/devices/pump/p1",
            "/devices/pump/p1/events",
            "/devices/pump/p1/commands",
            "/audit")) {
      assertThat(two.operator().get("/api/v1/tenants/acme01" + path).statusCode())
          .as(path)
          .isIn(403, 404);
    }
    assertThat(two.operator().get("/api/v0002/device/types").statusCode()).isEqualTo(401);
  }
}
