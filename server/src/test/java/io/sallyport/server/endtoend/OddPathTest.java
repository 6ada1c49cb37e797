package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Paths as no client of good will writes them: a clean refusal on both REST surfaces, and never a
 * way past the login or into another organization.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OddPathTest {
  private RunningServer server;

  @BeforeAll
  void start(@TempDir Path folder) {
    server = RunningServer.in(folder);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private RawHttps.Answer get(String target, String authorization) {
    return RawHttps.exchange(
        server.socket(server.https()), "GET", target, "localhost", authorization, "");
  }

  private static String application() {
    return RawHttps.basic(RunningServer.ADMIN_KEY, RunningServer.ADMIN_TOKEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v0002/device/types/pump/devices/p1;x=1",
        "/api/v0002;jsessionid=1/device/types",
        "/api/v0002/device/types/pump%2Fdevices%2Fp1",
        "/api/v0002/device/types/pump%2fdevices/p1",
        "/api/v0002/device/types/pump/devices/..%2Fp1",
        "/api/v0002/device/types/pump/devices/../devices/p1",
        "/api/v0002/device/types/./pump",
        "/api/v0002/device/types/pump/devices/%2e%2e/p1",
        "/api/v0002/device/types/pump/devices/p1%00",
        "/api/v0002/device/types/pump/devices/p1%0a",
        "/api/v0002/device/types/pump/devices/%zz",
        "/api/v0002/device/types/pump/devices/%",
        "/api/v0002/device/types/pump/devices/%C0%AE",
        "/api/v0002/device/types/pump/devices/%2531",
        "/api/v0002/device/types/pump/devices/p%2531",
        "/api/v0002/device/types/pump/devices/d%3Azeta02%3Apump%3Ap1",
        "/api/v0002/device/types/pump\\devices\\p1",
        "/api/v0002/../v1/tenants/acme01",
        "/api/v0002//../v1/tenants/acme01",
        "/api/v0002/%2e%2e/v1/tenants/acme01",
        "/api/v0002/..;/v1/tenants/acme01",
        "/api/v0002%2f..%2fv1/tenants/acme01",
        "/api/v1/tenants/acme01;x=1",
        "/api/v1/tenants/acme01%2Fdevices",
        "/api/v1/tenants/zeta02/../acme01",
        "/api/v1/tenants/acme01/../zeta02",
        "/api/v1/tenants/acme01/devices/../../zeta02",
        "/api/v1/tenants/%2e%2e/tenants/zeta02",
        "/api/v1//tenants/acme01",
        "/api//v1/tenants/acme01",
        "//api/v1/tenants/acme01",
        "/api/v1/tenants//devices",
        "/api/v1/tenants/acme01%00",
        "/api/v1/tenants/acme01%20",
        "/api/v1/tenants/acme01%3f",
        "/api/v1/tenants/%zz",
        "/api/v1/tenants/acme01/devices/pump/%C0%AE%C0%AE",
        "/api/v1/tenants/acme01/devices/pump/p1%2f..%2fp2",
        "/api/v1/tenants/acme01/devices/pump/p%25",
        "/api/v1/tenants/acme01/devices/pump/p%2531",
        "/api/v1/tenants/acme01/devices/pump/%252e%252e/p1",
        "/api/v1/tenants/acme01/devices/pump/%252e%252e%252fp1",
        "/api/v1/tenants/acme01/devices/pump/%25252e",
        "/api/v1/tenants/acme01/devices/pump/p%3B1",
        "/api/v1/tenants/acme01/devices/pump/p1%3bx=1",
        "/api/v1/tenants/acme01/devices/pump/p1;x=1",
        "/api/v1/tenants/acme01/devices/pump/..%3b/p1",
        "/api/v1/tenants/acme01/devices/pump/p%5C1",
        "/api/v1/tenants/acme01/devices/pump/..%5cp1",
        "/api/v1/tenants/acme01/devices/pump%5cp1",
        "/api/v1/tenants/acme01/devices/pump/%u002e%u002e/p1",
        "/API/V1/tenants/acme01",
        "/Api/v0002/device/types",
        "/api/v1/tenants/acme01/",
        "/api/v2/tenants",
        "/actuator",
        "/actuator/health",
        "/error",
        "/openapi/v1.json",
        "/swagger-ui/index.html",
        "/..",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "*",
        "api/v1/tenants/acme01"
      })
  void odd_paths_are_refused_with_and_without_login(String target) {
    RawHttps.Answer known = get(target, application());
    assertThat(known.status()).as("%s, logged in: %s", target, known.body()).isIn(400, 404);
    assertThat(known.body()).doesNotContain("Zeta", "Exception", "at org.", "Jetty", "jetty");
    RawHttps.Answer stranger = get(target, RawHttps.basic("nobody", "nothing-at-all"));
    assertThat(stranger.status())
        .as("%s, not logged in: %s", target, stranger.body())
        .isIn(400, 401, 404, 429);
  }

  /** The same thing in another spelling: allowed where it means the same, but never unguarded. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v0002//device/types",
        "//api/v0002/device/types",
        "/api//v0002/device///types",
        "/api/v0002/device/types/pump/devices/p%31",
        "/%61pi/v0002/device/types",
        "/api/v%30002/device/types",
        "/api/v1/tenants/%61cme01",
        "/%61pi/v1/tenants/acme01",
        "https://localhost/api/v1/tenants/acme01",
        "https://localhost/api/v0002/device/types",
        "https://zeta02.localhost/api/v0002/device/types"
      })
  void other_spellings_ask_for_the_login_too(String target) {
    RawHttps.Answer known = get(target, application());
    assertThat(known.status()).as("%s: %s", target, known.body()).isIn(200, 400, 401, 404);
    assertThat(known.body()).doesNotContain("Zeta");
    for (String login :
        new String[] {
          RawHttps.basic("nobody", "nothing-at-all"),
          RawHttps.basic(RunningServer.ADMIN_KEY, "not-the-token-of-it"),
          ""
        }) {
      RawHttps.Answer stranger = get(target, login);
      // 429 once there were too many wrong tokens.
      assertThat(stranger.status()).as("%s: %s", target, stranger.body()).isIn(400, 401, 404, 429);
    }
  }

  /** What one organization may see of another's path: nothing, in any spelling. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/tenants/zeta02",
        "/api/v1/tenants/%7aeta02",
        "/api/v1/tenants/zeta02/devices",
        "/api/v1/tenants/zeta02/devices/pump/p1/events",
        "/api/v1/tenants/nosuch/devices/pump/p1/events"
      })
  void another_organization_is_not_there(String target) {
    RawHttps.Answer answer = get(target, application());
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).contains("what was asked for does not exist").doesNotContain("Zeta");
  }
}
