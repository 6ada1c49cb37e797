package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.web.Api.Answer;
import io.sallyport.web.Api.Login;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.MockMvc;
import tools.jackson.databind.JsonNode;

/** Pages and their cursors. */
@ApiTest
final class ListingTest {
  @Autowired private MockMvc mvc;
  @Autowired private TestPlatform platform;

  private Api api;
  private String tenant;
  private Login admin;
  private String devices;

  @BeforeEach
  void setUp() {
    api = new Api(mvc);
    tenant = platform.newTenant();
    admin = platform.administrator(tenant);
    devices = "/api/v1/tenants/" + tenant + "/devices";
    for (int i = 0; i < 7; i++) {
      platform.device(tenant, "pump", "p" + i);
    }
  }

  private List<String> ids(String address) {
    List<String> ids = new ArrayList<>();
    String next = "";
    do {
      Answer answer = api.get(admin, address + next);
      assertThat(answer.status()).isEqualTo(200);
      for (JsonNode item : answer.json().path("items")) {
        ids.add(item.path("id").asString());
      }
      String cursor = answer.text("next");
      assertThat(cursor).matches("[A-Za-z0-9_-]*");
      next = cursor.isEmpty() ? "" : (address.contains("?") ? "&" : "?") + "next=" + cursor;
    } while (!next.isEmpty());
    return ids;
  }

  @Test
  void a_list_can_be_paged_to_its_end() {
    assertThat(ids(devices + "?limit=3")).containsExactly("p0", "p1", "p2", "p3", "p4", "p5", "p6");
    assertThat(ids(devices + "?limit=7")).hasSize(7);
    assertThat(ids(devices + "?limit=1000")).hasSize(7);
  }

  @Test
  void a_list_can_be_sorted_and_filtered() {
    platform.device(tenant, "valve", "v1");

    assertThat(ids(devices + "?limit=2&type=pump&sort=-id"))
        .containsExactly("p6", "p5", "p4", "p3", "p2", "p1", "p0");
    assertThat(ids(devices + "?type=valve")).containsExactly("v1");
    assertThat(api.get(admin, devices + "?sort=colour").code()).isEqualTo("invalid");
    assertThat(api.get(admin, devices + "?type=a%2Fb").code()).isEqualTo("invalid");
  }

  @Test
  void a_list_without_more_has_no_next() {
    assertThat(api.get(admin, devices).json().has("next")).isFalse();
  }

  @Test
  void an_altered_cursor_is_refused() {
    String cursor = api.get(admin, devices + "?limit=2").text("next");
    for (int i = 0; i < cursor.length(); i++) {
      char other = cursor.charAt(i) == 'A' ? 'B' : 'A';
      String altered = cursor.substring(0, i) + other + cursor.substring(i + 1);

      Answer answer = api.get(admin, devices + "?limit=2&next=" + altered);

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.code()).isEqualTo("bad-cursor");
    }
    for (String bad : List.of("", "x", cursor + "A", cursor.substring(1), cursor + "%3D", "%00")) {
      assertThat(api.get(admin, devices + "?limit=2&next=" + bad).code()).isEqualTo("bad-cursor");
    }
  }

  @Test
  void a_cursor_serves_only_the_list_the_query_and_the_principal_it_was_made_for() {
    String cursor = api.get(admin, devices + "?limit=2").text("next");
    Login colleague = platform.administrator(tenant);
    String foreign = platform.newTenant();
    Login stranger = platform.administrator(foreign);

    assertThat(api.get(admin, devices + "?limit=2&next=" + cursor).status()).isEqualTo(200);
    assertThat(api.get(admin, devices + "?limit=2&sort=-key&next=" + cursor).code())
        .isEqualTo("bad-cursor");
    assertThat(api.get(admin, "/api/v1/tenants/" + tenant + "/device-types?next=" + cursor).code())
        .isEqualTo("bad-cursor");
    assertThat(api.get(colleague, devices + "?limit=2&next=" + cursor).code())
        .isEqualTo("bad-cursor");
    assertThat(
            api.get(stranger, "/api/v1/tenants/" + foreign + "/devices?limit=2&next=" + cursor)
                .code())
        .isEqualTo("bad-cursor");
  }
}
