package io.sallyport.watson.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishTopicTest {
  private static final TenantId ACME = new TenantId("acme01");
  private static final DeviceKey P1 = DeviceKey.of("acme01", "pump", "p1");

  @Test
  void a_devices_short_topic_is_its_own_event() {
    assertThat(PublishTopic.ofDevice("iot-2/evt/status/fmt/json"))
        .isEqualTo(new PublishTopic.OwnEvent("status", "json"));
  }

  @Test
  void a_devices_management_request_is_answered_on_the_short_topic() {
    assertThat(PublishTopic.ofDevice("iotdevice-1/mgmt/manage"))
        .isEqualTo(new PublishTopic.ManagementRequest("iotdm-1/response", "mgmt/manage"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iot-2/type/pump/id/p1/evt/status/fmt/json",
        "iot-2/type/pump/id/p2/evt/status/fmt/json",
        "iot-2/cmd/reset/fmt/json",
        "iot-2/app/x/mon",
        "iot-2/evt/status",
        "iotdm-1/response",
        "iotdevice-1/type/pump/id/p2/mgmt/manage"
      })
  void a_topic_of_others_is_forbidden_to_a_device(String topic) {
    assertThat(PublishTopic.ofDevice(topic)).isEqualTo(PublishTopic.FORBIDDEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "iot-2",
        "iot-2/evt//fmt/json",
        "iot-2/evt/status/fmt/",
        "iot-3/evt/status/fmt/json",
        "/iot-2/evt/status/fmt/json",
        "IOT-2/evt/status/fmt/json",
        "$SYS/x",
        "iotdevice-1"
      })
  void what_is_no_topic_of_the_contract_is_invalid(String topic) {
    assertThat(PublishTopic.ofDevice(topic)).isEqualTo(PublishTopic.INVALID);
  }

  @Test
  void names_longer_than_512_bytes_are_invalid() {
    String fits = "é".repeat(256);
    assertThat(PublishTopic.ofDevice("iot-2/evt/" + fits + "/fmt/json"))
        .isEqualTo(new PublishTopic.OwnEvent(fits, "json"));
    assertThat(PublishTopic.ofDevice("iot-2/evt/" + fits + "x/fmt/json"))
        .isEqualTo(PublishTopic.INVALID);
  }

  @Test
  void a_gateway_names_the_device() {
    assertThat(PublishTopic.ofGateway(ACME, "iot-2/type/pump/id/p1/evt/status/fmt/json"))
        .isEqualTo(new PublishTopic.EventOf(P1, "status", "json"));
    assertThat(PublishTopic.ofGateway(ACME, "iotdevice-1/type/pump/id/p1/mgmt/manage"))
        .isEqualTo(
            new PublishTopic.ManagementRequest("iotdm-1/type/pump/id/p1/response", "mgmt/manage"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iot-2/type/pump/id/p1/cmd/reset/fmt/json",
        "iot-2/type/pump/id/p1/mon",
        "iot-2/evt/status/fmt/json"
      })
  void a_gateway_publishes_events_only(String topic) {
    assertThat(PublishTopic.ofGateway(ACME, topic)).isEqualTo(PublishTopic.FORBIDDEN);
  }

  @Test
  void an_application_publishes_events_and_commands() {
    assertThat(PublishTopic.ofApplication(ACME, "iot-2/type/pump/id/p1/evt/status/fmt/json"))
        .isEqualTo(new PublishTopic.EventOf(P1, "status", "json"));
    assertThat(PublishTopic.ofApplication(ACME, "iot-2/type/pump/id/p1/cmd/reset/fmt/json"))
        .isEqualTo(new PublishTopic.CommandTo(P1, "reset", "json"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iot-2/type/pump/id/p1/mon",
        "iot-2/app/x/mon",
        "iot-2/evt/status/fmt/json",
        "iotdevice-1/mgmt/manage"
      })
  void an_application_publishes_nothing_else(String topic) {
    assertThat(PublishTopic.ofApplication(ACME, topic)).isEqualTo(PublishTopic.FORBIDDEN);
  }

  @Test
  void a_malformed_type_or_device_in_a_topic_is_invalid() {
    assertThat(PublishTopic.ofApplication(ACME, "iot-2/type/p p/id/p1/evt/s/fmt/json"))
        .isEqualTo(PublishTopic.INVALID);
    assertThat(PublishTopic.ofApplication(ACME, "iot-2/type/pump/id/%41/evt/s/fmt/json"))
        .isEqualTo(PublishTopic.INVALID);
  }

  @Test
  void the_last_topics_are_remembered_and_others_parsed_again() {
    int[] parsed = new int[1];
    RecentTopics topics =
        new RecentTopics(topic -> {
          parsed[0]++;
          return PublishTopic.ofDevice(topic);
        });
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < RecentTopics.TOPICS_MAX; i++) {
        assertThat(topics.meaning("iot-2/evt/e" + i + "/fmt/json"))
            .isEqualTo(new PublishTopic.OwnEvent("e" + i, "json"));
      }
    }
    assertThat(parsed[0]).isEqualTo(RecentTopics.TOPICS_MAX);
    assertThat(topics.meaning("iot-2/evt/other/fmt/json"))
        .isEqualTo(new PublishTopic.OwnEvent("other", "json"));
    assertThat(topics.meaning("iot-2/evt/e0/fmt/json"))
        .isEqualTo(new PublishTopic.OwnEvent("e0", "json"));
    assertThat(parsed[0]).isEqualTo(RecentTopics.TOPICS_MAX + 2);
  }
}
