package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Qos;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.watson.testing.TestClient;
import io.sallyport.watson.testing.WatsonFixture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;
import tools.jackson.databind.JsonNode;

/** Events and commands over HTTP (watson-iot.md sections 8 and 9). */
@SpringBootTest(classes = RestTestApplication.class)
@AutoConfigureMockMvc
class RestMessagingTest extends WatsonRestCalls {
  @Autowired
  RestMessagingTest(MockMvc mvc, WatsonFixture watson, ReadBudget budget) {
    super(mvc, watson, budget);
  }

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
