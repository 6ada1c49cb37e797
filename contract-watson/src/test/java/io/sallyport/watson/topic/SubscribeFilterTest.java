package io.sallyport.watson.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of watson-iot.md sections 5.1 to 5.3 that is offered, and what stands beside it. */
class SubscribeFilterTest {
  private static final DeviceKey GATEWAY = DeviceKey.of("acme01", "gw", "g1");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iot-2/cmd/reset/fmt/json",
        "iot-2/cmd/+/fmt/+",
        "iot-2/cmd/+/fmt/json",
        "iot-2/cmd/x/fmt/+"
      })
  void a_device_subscribes_to_its_commands(String filter) {
    assertThat(SubscribeFilter.ofDevice(filter)).isEqualTo(SubscribeFilter.OWN_COMMANDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"iotdm-1/#", "iotdm-1/response", "iotdm-1/mgmt/custom/#", "iotdm-1/+"})
  void a_device_subscribes_to_device_management(String filter) {
    assertThat(SubscribeFilter.ofDevice(filter)).isEqualTo(SubscribeFilter.MANAGEMENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#",
        "+/#",
        "iot-2/#",
        "iot-2/cmd/#",
        "iot-2/cmd/+",
        "iot-2/+/reset/fmt/json",
        "+/cmd/+/fmt/+",
        "iot-2/cmd/+/+/+",
        "iot-2/evt/+/fmt/+",
        "iot-2/type/pump/id/p1/cmd/+/fmt/+",
        "iot-2/type/+/id/+/evt/+/fmt/+",
        "iotdm-1",
        "iotdm-1/type/pump/id/p2/#",
        "$SYS/#",
        "$share/g/iot-2/cmd/+/fmt/+"
      })
  void a_device_subscribes_to_nothing_else(String filter) {
    assertThat(SubscribeFilter.ofDevice(filter)).isEqualTo(SubscribeFilter.NOT_OFFERED);
  }

  @Test
  void a_gateway_subscribes_to_commands_notices_status_and_management() {
    assertThat(SubscribeFilter.ofGateway(GATEWAY, "iot-2/type/+/id/+/cmd/+/fmt/+"))
        .isEqualTo(new SubscribeFilter.Commands("+", "+"));
    assertThat(SubscribeFilter.ofGateway(GATEWAY, "iot-2/type/pump/id/p1/cmd/reset/fmt/json"))
        .isEqualTo(new SubscribeFilter.Commands("pump", "p1"));
    assertThat(SubscribeFilter.ofGateway(GATEWAY, "iot-2/type/gw/id/g1/notify"))
        .isEqualTo(SubscribeFilter.NOTICES);
    assertThat(SubscribeFilter.ofGateway(GATEWAY, "iot-2/type/gw/id/g1/mon"))
        .isEqualTo(new SubscribeFilter.DeviceStatus("gw", "g1"));
    assertThat(SubscribeFilter.ofGateway(GATEWAY, "iotdm-1/type/+/id/+/#"))
        .isEqualTo(SubscribeFilter.MANAGEMENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#",
        "iot-2/type/gw/id/g2/notify",
        "iot-2/type/+/id/+/notify",
        "iot-2/type/+/id/+/evt/+/fmt/+",
        "iot-2/cmd/+/fmt/+",
        "iotdm-1/#",
        "iotdm-1/type/+/id/+"
      })
  void a_gateway_subscribes_to_nothing_else(String filter) {
    assertThat(SubscribeFilter.ofGateway(GATEWAY, filter)).isEqualTo(SubscribeFilter.NOT_OFFERED);
  }

  @Test
  void an_application_subscribes_to_events_commands_and_status() {
    assertThat(SubscribeFilter.ofApplication("iot-2/type/+/id/+/evt/+/fmt/+"))
        .isEqualTo(new SubscribeFilter.Events("+", "+"));
    assertThat(SubscribeFilter.ofApplication("iot-2/type/pump/id/+/evt/status/fmt/json"))
        .isEqualTo(new SubscribeFilter.Events("pump", "+"));
    assertThat(SubscribeFilter.ofApplication("iot-2/type/+/id/p1/cmd/+/fmt/+"))
        .isEqualTo(new SubscribeFilter.Commands("+", "p1"));
    assertThat(SubscribeFilter.ofApplication("iot-2/type/+/id/+/mon"))
        .isEqualTo(new SubscribeFilter.DeviceStatus("+", "+"));
    assertThat(SubscribeFilter.ofApplication("iot-2/app/+/mon"))
        .isEqualTo(new SubscribeFilter.ApplicationStatus("+"));
    assertThat(SubscribeFilter.ofApplication("iot-2/app/a1/mon"))
        .isEqualTo(new SubscribeFilter.ApplicationStatus("a1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#",
        "iot-2/#",
        "iot-2/type/#",
        "iot-2/type/+/id/+/#",
        "iot-2/type/+/id/+/+",
        "iot-2/+/+/+/+/evt/+/fmt/+",
        "iot-2/type/+/id/+/evt/+/+/+",
        "iot-2/type/p+/id/+/evt/+/fmt/+",
        "iot-2/type/+/id/+/evt//fmt/json",
        "iot-2/type/+/id/+/notify",
        "iot-2/type/+/id/+/intf/+/evt/state",
        "iot-2/thing/type/+/id/+/intf/+/evt/state",
        "iot-2/app/a/b/mon",
        "iot-2/evt/+/fmt/+",
        "iotdm-1/#",
        "$share/g/iot-2/type/+/id/+/evt/+/fmt/+"
      })
  void an_application_subscribes_to_nothing_else(String filter) {
    assertThat(SubscribeFilter.ofApplication(filter)).isEqualTo(SubscribeFilter.NOT_OFFERED);
  }
}
