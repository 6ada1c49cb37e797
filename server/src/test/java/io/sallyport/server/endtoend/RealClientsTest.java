package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** mosquitto_pub, mosquitto_sub and curl, unmodified, as in the five-minute tour of the README. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealClientsTest {
  private Path folder = Path.of("");
  private RunningServer server;

  @BeforeAll
  void start(@TempDir Path temporary) {
    folder = temporary;
    server = RunningServer.in(folder);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class Mosquitto {
    @BeforeAll
    void needsMosquittosClients() {
      assumeTrue(ForeignProgram.isInstalled("mosquitto_pub"), "mosquitto-clients is not installed");
    }

    private ForeignProgram program(
        String name, String clientId, String user, String token, String... more) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  name,
                  "-h",
                  "localhost",
                  "-p",
                  Integer.toString(server.mqtts()),
                  "--cafile",
                  server.caFile().toString(),
                  "-i",
                  clientId,
                  "-u",
                  user,
                  "-P",
                  token));
      command.addAll(List.of(more));
      return ForeignProgram.start(folder, command);
    }

    private ForeignProgram device(String name, String id, String token, String... more) {
      return program(name, "d:acme01:pump:" + id, "use-token-auth", token, more);
    }

    private ForeignProgram application(String name, String appId, String... more) {
      return program(
          name, "a:acme01:" + appId, RunningServer.APP_KEY, RunningServer.APP_TOKEN, more);
    }

    @ParameterizedTest(name = "QoS {0} as {1} over {2}")
    @CsvSource({
      "0, mqttv311, tlsv1.3",
      "1, mqttv311, tlsv1.3",
      "2, mqttv311, tlsv1.3",
      "0, mqttv31,  tlsv1.2",
      "1, mqttv31,  tlsv1.2",
      "2, mqttv31,  tlsv1.2"
    })
    void an_event_goes_from_device_to_application_and_a_command_back(
        String qos, String version, String tls) {
      String[] wire = {"-q", qos, "-V", version, "--tls-version", tls};
      // Far more than the 23 characters of MQTT 3.1.
      String appId = "an-application-with-a-long-name-" + qos;
      try (ForeignProgram listening =
              application(
                  "mosquitto_sub",
                  appId,
                  with(
                      wire,
                      "-d",
                      "-v",
                      "-C",
                      "1",
                      "-W",
                      "30",
                      "-t",
                      "iot-2/type/pump/id/p1/evt/+/fmt/+"));
          ForeignProgram sensor =
              device(
                  "mosquitto_sub",
                  "p2",
                  "token-of-pump-two",
                  with(wire, "-d", "-v", "-C", "1", "-W", "30", "-t", "iot-2/cmd/+/fmt/+"))) {
        listening.awaitOutput("Subscribed (mid: 1): " + qos);
        sensor.awaitOutput("Subscribed (mid: 1): " + qos);
        String payload = "{\"qos\":" + qos + ",\"by\":\"" + version + "\"}";
        try (ForeignProgram event =
                device(
                    "mosquitto_pub",
                    "p1",
                    "token-of-pump-one",
                    with(wire, "-t", "iot-2/evt/state/fmt/json", "-m", payload));
            ForeignProgram command =
                application(
                    "mosquitto_pub",
                    appId + "-2",
                    with(wire, "-t", "iot-2/type/pump/id/p2/cmd/go/fmt/json", "-m", payload))) {
          assertThat(event.awaitExit()).as(event.output()).isZero();
          assertThat(command.awaitExit()).as(command.output()).isZero();
        }
        assertThat(listening.awaitExit()).as(listening.output()).isZero();
        assertThat(listening.output())
            .contains("iot-2/type/pump/id/p1/evt/state/fmt/json " + payload);
        assertThat(sensor.awaitExit()).as(sensor.output()).isZero();
        assertThat(sensor.output()).contains("iot-2/cmd/go/fmt/json " + payload);
      }
    }

    private static String[] with(String[] first, String... more) {
      List<String> all = new ArrayList<>(List.of(first));
      all.addAll(List.of(more));
      return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv31", "mqttv311"})
    void a_wrong_token_is_told_as_not_authorised_and_fails_the_program(String version) {
      try (ForeignProgram refused =
          device(
              "mosquitto_pub",
              "p1",
              "token-of-somebody",
              "-V",
              version,
              "-q",
              "1",
              "-t",
              "iot-2/evt/state/fmt/json",
              "-m",
              "{}")) {
        assertThat(refused.awaitExit()).as(refused.output()).isEqualTo(5);
        assertThat(refused.output()).containsIgnoringCase("not authorised");
      }
    }

    @Test
    void a_client_that_does_not_trust_our_authority_does_not_connect() {
      try (ForeignProgram stranger =
          ForeignProgram.start(
              folder,
              List.of(
                  "mosquitto_pub",
                  "-h",
                  "localhost",
                  "-p",
                  Integer.toString(server.mqtts()),
                  "--capath",
                  "/etc/ssl/certs",
                  "-i",
                  "d:acme01:pump:p1",
                  "-u",
                  "use-token-auth",
                  "-P",
                  "token-of-pump-one",
                  "-t",
                  "iot-2/evt/state/fmt/json",
                  "-m",
                  "{}"))) {
        assertThat(stranger.awaitExit()).as(stranger.output()).isNotZero();
      }
    }

    @Test
    void an_event_for_another_device_is_cut_off() {
      try (ForeignProgram thief =
          device(
              "mosquitto_pub",
              "p1",
              "token-of-pump-one",
              "-q",
              "1",
              "-t",
              "iot-2/type/pump/id/p2/evt/state/fmt/json",
              "-m",
              "{}")) {
        assertThat(thief.awaitExit()).as(thief.output()).isNotZero();
      }
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class Curl {
    @BeforeAll
    void needsCurl() {
      assumeTrue(ForeignProgram.isInstalled("curl"), "curl is not installed");
    }

    /**
     * @param code of HTTP
     */
    private record Answer(int code, String body) {}

    private Answer call(int port, String user, String method, String path, String... more) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "curl",
                  "--silent",
                  "--show-error",
                  "--path-as-is",
                  "--max-time",
                  "30",
                  "--cacert",
                  server.caFile().toString(),
                  "--user",
                  user,
                  "--request",
                  method,
                  "--write-out",
                  "\n%{http_code}",
                  // The SDKs send it on every call, also without a body.
                  "--header",
                  "Content-Type: application/json"));
      command.addAll(List.of(more));
      command.add("https://localhost:" + port + path);
      try (ForeignProgram curl = ForeignProgram.start(folder, command)) {
        assertThat(curl.awaitExit()).as(curl.output()).isZero();
        String output = curl.output();
        int line = output.lastIndexOf('\n');
        return new Answer(Integer.parseInt(output.substring(line + 1)), output.substring(0, line));
      }
    }

    private Answer app(String method, String path, String... more) {
      return call(
          server.https(),
          RunningServer.APP_KEY + ":" + RunningServer.APP_TOKEN,
          method,
          path,
          more);
    }

    private void answers(Answer answer, int code, String... parts) {
      assertThat(answer.code()).as(answer.body()).isEqualTo(code);
      for (String part : parts) {
        assertThat(answer.body()).contains(part);
      }
    }

    @Test
    void the_organization_answers_with_and_without_the_last_slash() {
      answers(app("GET", "/api/v0002"), 200, "\"id\":\"acme01\"");
      answers(app("GET", "/api/v0002/"), 200, "\"id\":\"acme01\"");
    }

    @Test
    void types_and_devices_live_from_creation_to_deletion_with_the_exact_codes() {
      String types = "/api/v0002/device/types";
      answers(app("POST", types, "--data", "{\"id\":\"fan\"}"), 201, "\"id\":\"fan\"");
      answers(app("POST", types, "--data", "{\"id\":\"fan\"}"), 409, "\"exception\"");
      String devices = types + "/fan/devices";
      answers(
          app("POST", devices, "--data", "{\"deviceId\":\"f1\"}"),
          201,
          "\"authToken\"",
          "\"clientId\":\"d:acme01:fan:f1\"");
      answers(app("POST", devices, "--data", "{\"deviceId\":\"f1\"}"), 409, "\"exception\"");
      Answer found = app("GET", devices + "/f1");
      answers(found, 200, "\"deviceId\":\"f1\"");
      assertThat(found.body()).as("shown once").doesNotContain("authToken");
      answers(app("PUT", devices + "/f1", "--data", "{\"metadata\":{\"a\":1}}"), 200, "\"a\":1");
      answers(app("GET", devices + "?_limit=1&_sort=deviceId"), 200, "\"total_rows\":1");
      answers(app("DELETE", types + "/fan"), 409);
      answers(app("DELETE", devices + "/f1"), 204);
      answers(app("GET", devices + "/f1"), 404, "\"exception\"");
      answers(app("DELETE", types + "/fan"), 204);
    }

    @Test
    void an_event_posted_on_either_port_is_in_the_history_whatever_its_slashes() {
      String path = "/api/v0002/device/types/pump/devices/p2/events/posted";
      for (int port : new int[] {server.https(), server.mqtts()}) {
        answers(
            call(
                port,
                "use-token-auth:token-of-pump-two",
                "POST",
                path,
                "--header",
                "Host: acme01.localhost",
                "--data",
                "{\"port\":\"" + (port == server.https() ? "https" : "mqtts") + "\"}"),
            200);
      }
      for (String history :
          List.of(
              "/api/v0002/historian/types/pump/devices/p2?evt_type=posted",
              "/api/v0002/historian//types/pump/devices/p2?evt_type=posted",
              "//api/v0002///historian/types//pump/devices/p2?evt_type=posted")) {
        answers(app("GET", history), 200, "\"port\":\"https\"", "\"port\":\"mqtts\"");
      }
    }

    @Test
    void a_key_is_made_seen_and_deleted() {
      String keys = "/api/v0002/authorization/apikeys";
      String admin = RunningServer.ADMIN_KEY + ":" + RunningServer.ADMIN_TOKEN;
      Answer made =
          call(
              server.https(),
              admin,
              "POST",
              keys,
              "--data",
              "{\"comment\":\"curl\",\"roles\":[\"PD_VISUALIZATION_APP\"]}");
      answers(made, 200, "\"token\":\"");
      String key = made.body().replaceFirst("(?s).*\"key\":\"([^\"]+)\".*", "$1");
      answers(call(server.https(), admin, "GET", keys + "/" + key), 200, "PD_VISUALIZATION_APP");
      answers(app("DELETE", keys + "/" + key), 403);
      answers(call(server.https(), admin, "DELETE", keys + "/" + key), 200);
      answers(call(server.https(), admin, "GET", keys + "/" + key), 404);
    }

    @Test
    void a_wrong_token_is_401_with_a_body_and_a_challenge() {
      Answer refused =
          call(
              server.https(),
              RunningServer.APP_KEY + ":not-the-token",
              "GET",
              "/api/v0002/",
              "--include");
      answers(refused, 401, "\"exception\"");
      assertThat(refused.body()).containsIgnoringCase("www-authenticate: basic");
    }
  }
}
