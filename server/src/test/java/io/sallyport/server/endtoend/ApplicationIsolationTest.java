package io.sallyport.server.endtoend;

import static io.sallyport.server.endtoend.TwoOrganizations.NOT_AUTHORIZED;
import static io.sallyport.server.endtoend.TwoOrganizations.VISUAL_KEY;
import static io.sallyport.server.endtoend.TwoOrganizations.VISUAL_TOKEN;
import static io.sallyport.server.endtoend.TwoOrganizations.acme;
import static io.sallyport.server.endtoend.TwoOrganizations.closedWithoutAnswer;
import static io.sallyport.server.endtoend.TwoOrganizations.zeta;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Packet;
import io.sallyport.mqtt.RawMqttClient.Published;
import io.sallyport.server.endtoend.TwoOrganizations.Witnesses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Applications reach no other organization over MQTT, and do what their roles allow (THREATS T15,
 * T30, T34, T36; watson-iot.md section 5.4).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApplicationIsolationTest {
  private TwoOrganizations two;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    two = TwoOrganizations.in(folder);
  }

  @AfterAll
  void stop() {
    two.close();
  }

  // ---- applications over MQTT

  @Test
  void an_applications_credential_opens_no_other_organization() {
    Map<String, Connect> tries = new LinkedHashMap<>();
    for (String id : List.of("a:zeta02:x", "a:nosuch:x", "A:zeta02:x", "d:zeta02:pump:p1")) {
      tries.put(id, new Connect(id).login(RunningServer.APP_KEY, RunningServer.APP_TOKEN));
    }
    tries.put(
        "zeta's key in acme",
        new Connect("a:acme01:x").login(RunningServer.ZETA_KEY, RunningServer.ZETA_TOKEN));
    tries.put(
        "zeta's key, acme's token",
        new Connect("a:zeta02:x").login(RunningServer.ZETA_KEY, RunningServer.APP_TOKEN));
    tries.put(
        "an unknown key of zeta",
        new Connect("a:zeta02:x").login("a-zeta02-nosuchkey1", RunningServer.APP_TOKEN));
    tries.forEach(
        (what, login) -> assertThat(two.connAck(login)).as(what).isEqualTo(NOT_AUTHORIZED));
  }

  @Test
  void applications_see_nothing_of_another_organization() {
    String[] everything = {
      "iot-2/type/+/id/+/evt/+/fmt/+",
      "iot-2/type/+/id/+/cmd/+/fmt/+",
      "iot-2/type/+/id/+/mon",
      "iot-2/app/+/mon",
      "iot-2/type/pump/id/p1/evt/+/fmt/+",
      "iot-2/type/pump/id/p1/mon"
    };
    try (RawMqttClient curious = two.connected(acme("curious"))) {
      assertThat(curious.subscribe(1, 0, everything)).isEqualTo("000000000000");
      try (RawMqttClient other = two.connected(zeta("busy"));
          RawMqttClient device =
              two.connected(
                  new Connect("d:zeta02:pump:p1").login("use-token-auth", "token-of-zetas-pump"))) {
        assertThat(other.subscribe(1, 0, "iot-2/type/+/id/+/evt/+/fmt/+")).isEqualTo("00");
        device.sendPublish("iot-2/evt/e/fmt/json", "{\"zeta\":1}", 1, 1);
        assertThat(device.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
        assertThat(other.expectPublish().payload()).isEqualTo("{\"zeta\":1}");
        other.sendPublish("iot-2/type/pump/id/p1/cmd/c/fmt/json", "{\"zeta\":2}", 1, 1);
        assertThat(other.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
      }
      // Something of its own comes through; all before it is of its own, too.
      String marker = "iot-2/type/pump/id/p1/evt/marker/fmt/json";
      curious.sendPublish(marker, "{}", 0, 0);
      Published seen;
      do {
        Packet packet = curious.expect(RawMqttClient.PUBLISH);
        seen = RawMqttClient.published(packet);
        assertThat(seen.topic() + seen.payload()).doesNotContain("zeta");
      } while (!seen.topic().equals(marker));
    }
  }

  @Test
  void an_application_is_closed_for_what_names_no_device_of_its_own() {
    List<String> topics =
        List.of(
            "iot-2/type/pump/id/nosuch/evt/e/fmt/json",
            "iot-2/type/pump/id/nosuch/cmd/c/fmt/json",
            "iot-2/type/nosuch/id/p1/evt/e/fmt/json",
            "iot-2/type/pump/id/d:zeta02:pump:p1/evt/e/fmt/json",
            "iot-2/type/pump/id/p1/mon",
            "iot-2/app/witness/mon",
            "iot-2/evt/e/fmt/json",
            "iot-2/cmd/c/fmt/json",
            "iotdm-1/mgmt/initiate/device/reboot",
            "zeta02/iot-2/type/pump/id/p1/evt/e/fmt/json",
            "iot-2/zeta02/type/pump/id/p1/evt/e/fmt/json");
    try (Witnesses witnesses = two.witnesses()) {
      for (String topic : topics) {
        try (RawMqttClient application = two.connected(acme("stray"))) {
          application.send(RawMqttClient.publish(topic, "{}", 1, 7, true, false));
          closedWithoutAnswer(application, topic);
        }
        assertThat(two.connAck(acme("stray").will(topic, "{}", 1, true)))
            .as("will on %s", topic)
            .isEqualTo(NOT_AUTHORIZED);
      }
      witnesses.sawNothing();
    }
  }

  @Test
  void a_retained_flag_leaves_nothing_behind() {
    try (RawMqttClient application = two.connected(acme("retaining"))) {
      application.send(
          RawMqttClient.publish(
              "iot-2/type/pump/id/p1/evt/kept/fmt/json", "{}", 1, 1, true, false));
      assertThat(application.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
    }
    try (RawMqttClient later = two.connected(acme("later"))) {
      assertThat(later.subscribe(1, 1, "iot-2/type/pump/id/p1/evt/kept/fmt/+")).isEqualTo("01");
      later.expectNothingBeforePong();
    }
  }

  @Test
  void the_same_app_id_with_another_key_is_another_session() {
    Connect second =
        new Connect("a:acme01:twin")
            .login(RunningServer.ADMIN_KEY, RunningServer.ADMIN_TOKEN)
            .clean(false);
    try (RawMqttClient first = two.connected(acme("twin").clean(false))) {
      assertThat(first.subscribe(1, 1, "iot-2/type/+/id/+/evt/+/fmt/+")).isEqualTo("01");
      try (RawMqttClient other = two.server().raw()) {
        assertThat(other.login(second)).as("session present").isFalse();
        first.expectNothingBeforePong();
        other.expectNothingBeforePong();
      }
    }
  }

  // ---- roles (watson-iot.md section 5.4)

  @Test
  void a_visualization_application_reads_events_and_does_nothing_else() {
    Connect login = new Connect("a:acme01:screen").login(VISUAL_KEY, VISUAL_TOKEN);
    try (Witnesses witnesses = two.witnesses()) {
      for (String topic :
          List.of("iot-2/type/pump/id/p2/evt/e/fmt/json", "iot-2/type/pump/id/p2/cmd/c/fmt/json")) {
        try (RawMqttClient screen = two.connected(login)) {
          screen.sendPublish(topic, "{}", 1, 1);
          closedWithoutAnswer(screen, topic);
        }
      }
      witnesses.sawNothing();
      try (RawMqttClient screen = two.connected(login)) {
        assertThat(
                screen.subscribe(
                    1,
                    1,
                    "iot-2/type/+/id/+/cmd/+/fmt/+",
                    "iot-2/app/+/mon",
                    "iot-2/type/+/id/+/evt/+/fmt/+"))
            .isEqualTo("808001");
        assertThat(screen.subscribe(2, 0, "iot-2/type/pump/id/p2/mon")).isEqualTo("00");
        assertThat(screen.expectPublish().payload())
            .as("the address is hidden, its member is there")
            .contains("\"ClientAddr\":\"0.0.0.0\"");
      }
    }
    RunningServer.Rest rest = two.server().rest(VISUAL_KEY, VISUAL_TOKEN);
    for (String read :
        List.of(
            "/api/v0002/",
            "/api/v0002/device/types",
            "/api/v0002/device/types/pump/devices/p1",
            "/api/v0002/historian/types/pump/devices/p1",
            "/api/v1/tenants/acme01/devices/pump/p1/events")) {
      assertThat(rest.get(read).statusCode()).as(read).isEqualTo(200);
    }
    for (String[] write :
        new String[][] {
          {"POST", "/api/v0002/device/types", "{\"id\":\"mine\"}"},
          {"PUT", "/api/v0002/device/types/pump", "{\"description\":\"mine\"}"},
          {"DELETE", "/api/v0002/device/types/pump", ""},
          {"POST", "/api/v0002/device/types/pump/devices", "{\"deviceId\":\"mine\"}"},
          {"PUT", "/api/v0002/device/types/pump/devices/p1", "{\"metadata\":{}}"},
          {"DELETE", "/api/v0002/device/types/pump/devices/p1", ""},
          {"PUT", "/api/v0002/config/lec", "{\"enabled\":true}"},
          {"POST", "/api/v0002/application/types/pump/devices/p1/events/e", "{}"},
          {"POST", "/api/v0002/application/types/pump/devices/p1/commands/c", "{}"},
          {"GET", "/api/v0002/authorization/apikeys", ""},
          {"POST", "/api/v0002/authorization/apikeys", "{\"roles\":[\"PD_STANDARD_APP\"]}"},
          {
            "PUT",
            "/api/v0002/authorization/apikeys/" + VISUAL_KEY + "/roles",
            "{\"roles\":[\"administrator\"]}"
          },
          {"GET", "/api/v0002/logs/connection?typeId=pump&deviceId=p1", ""},
          {"POST", "/api/v1/tenants/acme01/devices", "{\"type\":\"pump\",\"id\":\"mine\"}"},
          {"PATCH", "/api/v1/tenants/acme01/devices/pump/p1", "{\"enabled\":false}"},
          {"DELETE", "/api/v1/tenants/acme01/devices/pump/p1", ""},
          {"POST", "/api/v1/tenants/acme01/devices/pump/p1/credentials", ""},
          {
            "POST",
            "/api/v1/tenants/acme01/devices/pump/p1/commands",
            "{\"name\":\"c\",\"payload\":{}}"
          },
          {"POST", "/api/v1/tenants/acme01/device-types", "{\"id\":\"mine\"}"},
          {"PATCH", "/api/v1/tenants/acme01", "{\"name\":\"mine\"}"},
          {
            "PATCH",
            "/api/v1/tenants/acme01/api-keys/" + VISUAL_KEY,
            "{\"roles\":[\"administrator\"]}"
          },
          {"GET", "/api/v1/tenants/acme01/api-keys", ""},
          {"GET", "/api/v1/tenants/acme01/audit", ""},
          {"GET", "/api/v1/audit", ""},
          {"GET", "/api/v1/tenants", ""},
          {"POST", "/api/v1/backup", "{}"}
        }) {
      assertThat(rest.send(write[0], write[1], write[2]).statusCode())
          .as("%s %s", write[0], write[1])
          .isEqualTo(403);
    }
  }

  /** Nobody grants what he does not hold (THREATS T34). */
  @Test
  void a_standard_application_cannot_raise_itself_or_make_keys() {
    RunningServer.Rest rest = two.server().app();
    for (String[] write :
        new String[][] {
          {"POST", "/api/v0002/authorization/apikeys", "{\"roles\":[\"administrator\"]}"},
          {
            "PUT",
            "/api/v0002/authorization/apikeys/" + RunningServer.APP_KEY + "/roles",
            "{\"roles\":[\"administrator\"]}"
          },
          {
            "PATCH",
            "/api/v1/tenants/acme01/api-keys/" + RunningServer.APP_KEY,
            "{\"roles\":[\"administrator\"]}"
          },
          {"DELETE", "/api/v1/tenants/acme01/api-keys/" + RunningServer.ADMIN_KEY, ""}
        }) {
      assertThat(rest.send(write[0], write[1], write[2]).statusCode())
          .as("%s %s", write[0], write[1])
          .isEqualTo(403);
    }
  }
}
