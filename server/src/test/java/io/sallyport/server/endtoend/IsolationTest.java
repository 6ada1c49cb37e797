package io.sallyport.server.endtoend;

import static io.sallyport.server.endtoend.TwoOrganizations.NOT_AUTHORIZED;
import static io.sallyport.server.endtoend.TwoOrganizations.TOKEN;
import static io.sallyport.server.endtoend.TwoOrganizations.acme;
import static io.sallyport.server.endtoend.TwoOrganizations.closedWithoutAnswer;
import static io.sallyport.server.endtoend.TwoOrganizations.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Published;
import io.sallyport.server.endtoend.TwoOrganizations.Witnesses;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Devices and gateways speak and listen as themselves only (THREATS T15, T30, T33). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IsolationTest {
  private TwoOrganizations two;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    two = TwoOrganizations.in(folder);
  }

  @AfterAll
  void stop() {
    two.close();
  }

  // ---- what is tried

  private static final List<String> OTHERS =
      List.of(
          "type/pump/id/p2",
          "type/hub/id/h1",
          "type/pump/id/nosuch",
          "type/nosuch/id/p2",
          "type/pump/id/d:zeta02:pump:p1",
          "type/pump/id/%70%32");

  /** Every form of section 5 with somebody else's type and id, and forms that are nobody's. */
  private static List<String> topicsOfOthers() {
    List<String> topics = new ArrayList<>();
    for (String other : OTHERS) {
      for (String form :
          List.of(
              "evt/e/fmt/json",
              "cmd/c/fmt/json",
              "mon",
              "notify",
              "intf/li/evt/state",
              "err/data")) {
        topics.add("iot-2/" + other + "/" + form);
      }
      topics.add("iotdevice-1/" + other + "/mgmt/manage");
      topics.add("iotdm-1/" + other + "/response");
    }
    topics.addAll(
        List.of(
            "iot-2/cmd/c/fmt/json",
            "iot-2/app/witness/mon",
            "iot-2/intf/li/rule/r/evt/trigger",
            "iot-2/thing/type/pump/id/p2/intf/li/evt/state",
            "iotdm-1/response",
            "iotdm-1/mgmt/initiate/device/reboot",
            "iot-2/evt/e/fmt/json/more",
            "iot-2/evt/e",
            "iot-2/evt//fmt/json",
            "/iot-2/evt/e/fmt/json",
            "iot-2//evt/e/fmt/json",
            "IOT-2/evt/e/fmt/json",
            "iot-2/EVT/e/fmt/json",
            "iot-1/evt/e/fmt/json",
            "zeta02/iot-2/evt/e/fmt/json",
            "iot-2/org/zeta02/type/pump/id/p1/evt/e/fmt/json",
            "d:zeta02:pump:p1/iot-2/evt/e/fmt/json",
            "$SYS/broker/uptime",
            "$share/group/iot-2/evt/e/fmt/json",
            "x"));
    return topics;
  }

  private static List<String> filtersOfOthers() {
    List<String> filters = new ArrayList<>();
    List<String> targets = new ArrayList<>(OTHERS);
    targets.addAll(List.of("type/+/id/+", "type/pump/id/+", "type/+/id/p2"));
    for (String target : targets) {
      for (String form :
          List.of("evt/+/fmt/+", "cmd/+/fmt/+", "cmd/c/fmt/json", "mon", "notify", "#", "+")) {
        filters.add("iot-2/" + target + "/" + form);
      }
      filters.add("iotdm-1/" + target + "/#");
    }
    filters.addAll(
        List.of(
            "#",
            "+",
            "+/#",
            "+/+/+/+/+",
            "iot-2/#",
            "iot-2/+/#",
            "iot-2/+/+/fmt/+",
            "iot-2/cmd/#",
            "iot-2/cmd/+/+/+",
            "iot-2/cmd/+/fmt/#",
            "iot-2/evt/+/fmt/+",
            "iot-2/app/+/mon",
            "iot-2/type/#",
            "iotdevice-1/#",
            "$SYS/#",
            "$share/group/iot-2/cmd/+/fmt/+",
            "$share/group/iot-2/type/+/id/+/cmd/+/fmt/+",
            "zeta02/#",
            "/iot-2/cmd/+/fmt/+"));
    return filters;
  }

  // ---- devices

  @Test
  void a_device_cannot_publish_as_another_on_any_topic() {
    two.register("publisher");
    List<String> topics = topicsOfOthers();
    try (Witnesses witnesses = two.witnesses()) {
      for (String topic : topics) {
        for (boolean retained : new boolean[] {false, true}) {
          try (RawMqttClient thief = two.connected(device("publisher", TOKEN))) {
            thief.send(RawMqttClient.publish(topic, "{\"stolen\":1}", 1, 7, retained, false));
            closedWithoutAnswer(thief, topic);
          }
        }
      }
      witnesses.sawNothing();
    }
    two.auditCounts(two.server().admin(), "acme01", "device:pump/publisher", 2L * topics.size());
  }

  @Test
  void a_device_cannot_subscribe_to_anothers_topics_by_any_filter() {
    two.register("listener");
    List<String> filters = filtersOfOthers();
    try (RawMqttClient thief = two.connected(device("listener", TOKEN));
        RawMqttClient application = two.connected(acme("speaker"))) {
      int id = 1;
      for (String filter : filters) {
        assertThat(thief.subscribe(id++, 1, filter)).as(filter).isEqualTo("80");
      }
      application.sendPublish("iot-2/type/pump/id/p2/cmd/c/fmt/json", "{}", 1, 1);
      application.sendPublish("iot-2/type/pump/id/p2/evt/e/fmt/json", "{}", 1, 2);
      assertThat(application.expectAck(RawMqttClient.PUBACK)).isPositive();
      assertThat(application.expectAck(RawMqttClient.PUBACK)).isPositive();
      // Its own command passes, and nothing has come before it.
      assertThat(thief.subscribe(id, 1, "iot-2/cmd/+/fmt/+")).isEqualTo("01");
      application.sendPublish("iot-2/type/pump/id/listener/cmd/own/fmt/json", "{}", 1, 3);
      assertThat(thief.expectPublish().topic()).isEqualTo("iot-2/cmd/own/fmt/json");
      thief.sendAck(RawMqttClient.PUBACK, 1);
      thief.expectNothingBeforePong();
    }
    two.auditCounts(two.server().admin(), "acme01", "device:pump/listener", filters.size());
  }

  @Test
  void a_devices_token_opens_no_other_client_id() {
    two.register("masked");
    Map<String, Connect> tries = new LinkedHashMap<>();
    for (String clientId :
        List.of(
            "d:acme01:pump:p2",
            "d:acme01:pump:nosuch",
            "d:acme01:nosuch:masked",
            "d:acme01:hub:h1",
            "g:acme01:pump:masked",
            "g:acme01:hub:h1",
            "g:acme01:hub:nosuch",
            "a:acme01:masked",
            "A:acme01:masked",
            "A:acme01:masked:1",
            "d:zeta02:pump:p1",
            "d:zeta02:pump:masked",
            "d:nosuch:pump:masked")) {
      tries.put(clientId, new Connect(clientId).login("use-token-auth", TOKEN));
    }
    tries.put(
        "an application's client id and key, the device's token",
        new Connect("a:acme01:masked").login(RunningServer.APP_KEY, TOKEN));
    tries.put(
        "the device's client id with an application's key",
        new Connect("d:acme01:pump:masked").login(RunningServer.APP_KEY, RunningServer.APP_TOKEN));
    tries.put("no user name", new Connect("d:acme01:pump:masked"));
    tries.put(
        "a gateway as a device",
        new Connect("d:acme01:hub:h1").login("use-token-auth", "token-of-hub-one"));
    try (Witnesses witnesses = two.witnesses()) {
      tries.forEach(
          (what, login) -> assertThat(two.connAck(login)).as(what).isEqualTo(NOT_AUTHORIZED));
      witnesses.sawNothing();
    }
    for (String malformed :
        List.of(
            "d:acme01:pump",
            "d:acme01:pump:masked:x",
            "x:acme01:pump:masked",
            "d:acme01:pump:ma/sked",
            "d:acme01:+:masked",
            "d:acme01:pump:#",
            "d:acme:pump:masked",
            "D:acme01:pump:masked")) {
      assertThat(two.connAck(new Connect(malformed).login("use-token-auth", TOKEN)))
          .as(malformed)
          .isEqualTo(2);
    }
    // Refusals belong to the organization whose resource was asked for.
    assertThat(two.refusals(two.server().admin(), "acme01").keySet())
        .anyMatch(actor -> actor.contains("p2"))
        .anyMatch(actor -> actor.contains("h1"));
    assertThat(two.refusals(two.zetaAdmin(), "zeta02")).isNotEmpty();
  }

  @Test
  void a_will_for_somebody_elses_topic_is_refused_at_the_login() {
    two.register("willful");
    List<String> topics = topicsOfOthers();
    try (Witnesses witnesses = two.witnesses()) {
      for (String topic : topics) {
        assertThat(two.connAck(device("willful", TOKEN).will(topic, "{}", 1, true)))
            .as(topic)
            .isEqualTo(NOT_AUTHORIZED);
      }
      witnesses.sawNothing();
    }
  }

  @Test
  void a_host_name_of_another_organization_is_refused() {
    for (String host : List.of("zeta02.messaging.localhost", "zeta02.localhost")) {
      assertThat(
              two.connAck(
                  new RawMqttClient(two.server().socket(two.server().mqtts(), host)),
                  device("p1", "token-of-pump-one")))
          .isEqualTo(NOT_AUTHORIZED);
      assertThat(
              two.connAck(
                  new RawMqttClient(two.server().socket(two.server().mqtts(), host)),
                  acme("elsewhere")))
          .isEqualTo(NOT_AUTHORIZED);
    }
    assertThat(
            two.connAck(
                new RawMqttClient(
                    two.server().socket(two.server().mqtts(), "acme01.messaging.localhost")),
                device("p1", "token-of-pump-one")))
        .isZero();
  }

  // ---- gateways

  @Test
  void a_gateway_speaks_and_listens_only_for_devices_behind_it() {
    HttpResponse<String> made =
        two.server()
            .admin()
            .send(
                "POST",
                "/api/v1/tenants/acme01/devices",
                "{\"type\":\"pump\",\"id\":\"behind\",\"gateway\":{\"type\":\"hub\",\"id\":\"h1\"}}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    try (Witnesses witnesses = two.witnesses();
        RawMqttClient application = two.connected(acme("to-gateways"));
        RawMqttClient gateway =
            two.connected(
                new Connect("g:acme01:hub:h1").login("use-token-auth", "token-of-hub-one"))) {
      assertThat(
              gateway.subscribe(
                  1, 0, "iot-2/type/hub/id/h1/notify", "iot-2/type/+/id/+/cmd/+/fmt/+"))
          .isEqualTo("0000");
      for (String other : List.of("p2", "nosuch")) {
        gateway.sendPublish("iot-2/type/pump/id/" + other + "/evt/e/fmt/json", "{}", 0, 0);
        Published notice = gateway.expectPublish();
        assertThat(notice.topic()).isEqualTo("iot-2/type/hub/id/h1/notify");
        assertThat(notice.payload()).contains("\"RC\":180", "\"Id\":\"" + other + "\"");
      }
      witnesses.sawNothing();
      gateway.sendPublish("iot-2/type/pump/id/behind/evt/e/fmt/json", "{}", 0, 0);
      assertThat(witnesses.ofAcme().expectPublish().topic())
          .isEqualTo("iot-2/type/pump/id/behind/evt/e/fmt/json");
      // A command to another device does not pass, the later one for its own device does.
      application.sendPublish("iot-2/type/pump/id/p2/cmd/c/fmt/json", "{}", 1, 1);
      application.sendPublish("iot-2/type/pump/id/behind/cmd/c/fmt/json", "{}", 1, 2);
      assertThat(gateway.expectPublish().topic())
          .isEqualTo("iot-2/type/pump/id/behind/cmd/c/fmt/json");
      gateway.expectNothingBeforePong();
      for (String filter :
          List.of(
              "#",
              "iot-2/#",
              "iot-2/cmd/+/fmt/+",
              "iot-2/type/+/id/+/evt/+/fmt/+",
              "iot-2/type/+/id/+/mon",
              "iot-2/type/pump/id/p2/mon",
              "iot-2/type/pump/id/p2/notify",
              "iot-2/app/+/mon")) {
        assertThat(gateway.subscribe(9, 0, filter)).as(filter).isEqualTo("80");
        assertThat(gateway.expectPublish().topic()).isEqualTo("iot-2/type/hub/id/h1/notify");
      }
    }
  }
}
