package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.watson.testing.WatsonFixture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;
import tools.jackson.databind.JsonNode;

/** Logs of connections (watson-iot.md sections 8 and 9). */
@SpringBootTest(classes = RestTestApplication.class)
@AutoConfigureMockMvc
class RestConnectionLogsTest extends WatsonRestCalls {
  @Autowired
  RestConnectionLogsTest(MockMvc mvc, WatsonFixture watson, ReadBudget budget) {
    super(mvc, watson, budget);
  }

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
