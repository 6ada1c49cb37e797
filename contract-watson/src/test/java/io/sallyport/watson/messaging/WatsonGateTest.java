package io.sallyport.watson.messaging;

import static io.sallyport.watson.testing.WatsonFixture.as;
import static io.sallyport.watson.testing.WatsonFixture.notAuthorized;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.watson.status.WatsonScopes;
import io.sallyport.watson.testing.TestClient;
import io.sallyport.watson.testing.TestConnect;
import io.sallyport.watson.testing.WatsonFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** watson-iot.md section 3, row by row, with THREATS T15, T30 and T31. */
class WatsonGateTest {
  private final WatsonFixture watson = new WatsonFixture();

  @AfterEach
  void close() {
    watson.close();
  }

  @ParameterizedTest
  @EnumSource(MqttVersion.class)
  void a_device_with_its_token_is_admitted_in_every_version(MqttVersion version) {
    RegisteredDevice pump = watson.pump("p1");
    TestClient client = watson.admitted(as(pump).version(version));
    assertThat(client.admitted().session())
        .isEqualTo(
            new SessionKey(
                WatsonScopes.full(watson.acme.number()),
                "device:" + pump.device().number(),
                "d:acme01:pump:p1"));
    assertThat(client.admitted().limits().payloadBytesMax()).isEqualTo(131_072);
    assertThat(client.admitted().limits().subscriptionsMax()).isEqualTo(50);
  }

  @Test
  void a_gateway_with_its_token_is_admitted() {
    RegisteredDevice gateway = watson.gateway("g1");
    TestClient client = watson.admitted(as(gateway));
    assertThat(client.admitted().session().owner())
        .isEqualTo("device:" + gateway.device().number());
  }

  @Test
  void an_application_with_its_key_is_admitted() {
    IssuedApiKey key = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
    TestClient client = watson.admitted(as(key, "app1"));
    assertThat(client.admitted().session().owner()).isEqualTo("key:" + key.key().key());
    assertThat(client.admitted().limits().subscriptionsMax()).isEqualTo(500);
  }

  @Test
  void two_keys_with_one_app_id_have_two_sessions() {
    TestClient one =
        watson.admitted(as(watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION), "app1"));
    TestClient two =
        watson.admitted(as(watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION), "app1"));
    assertThat(one.admitted().session()).isNotEqualTo(two.admitted().session());
  }

  @ParameterizedTest
  @CsvSource({
    "d:acme01:pump:p 1, use-token-auth",
    "d:acme01:pump, use-token-auth",
    "'', use-token-auth",
    "d:acme01:pump:1234567890123456789012345678901234567, use-token-auth",
    "hello, a-acme01-abcdefghij"
  })
  void a_malformed_client_id_is_code_2(String clientId, String user) {
    TestConnect connect = new TestConnect(clientId).user(user).password("x");
    assertThat(watson.messaging.claims(connect.request())).isTrue();
    assertThat(watson.refused(connect)).isEqualTo(2);
  }

  @Test
  void wrong_unknown_foreign_and_missing_credentials_are_code_5_alike() {
    RegisteredDevice pump = watson.pump("p1");
    RegisteredDevice other = watson.pump("p2");
    RegisteredDevice foreign = watson.domain.aDevice(watson.bolt).withId("p1").register();
    IssuedApiKey key = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
    IssuedApiKey foreignKey = watson.domain.anApiKey(watson.bolt, Role.STANDARD_APPLICATION);
    String token = pump.token().revealText();

    assertThat(watson.refused(as(pump).from("198.51.100.1").password("wrong-token")))
        .isEqualTo(notAuthorized());
    assertThat(watson.refused(as(pump).from("198.51.100.2").password("")))
        .isEqualTo(notAuthorized());
    assertThat(watson.refused(as(pump).from("198.51.100.3").user("somebody")))
        .isEqualTo(notAuthorized());
    assertThat(watson.refused(new TestConnect("d:acme01:pump:p1"))).isEqualTo(notAuthorized());
    assertThat(watson.refused(device("d:acme01:pump:nobody", token))).isEqualTo(notAuthorized());
    assertThat(watson.refused(device("d:acme01:other:p1", token))).isEqualTo(notAuthorized());
    assertThat(watson.refused(device("d:nobody:pump:p1", token))).isEqualTo(notAuthorized());
    assertThat(watson.refused(device("d:acme01:pump:p2", token))).isEqualTo(notAuthorized());
    assertThat(watson.refused(device("d:bolt01:pump:p1", token))).isEqualTo(notAuthorized());
    assertThat(watson.refused(device("g:acme01:pump:p1", token))).isEqualTo(notAuthorized());
    assertThat(watson.refused(as(foreignKey, "x").from("198.51.100.5").password("wrong")))
        .isEqualTo(notAuthorized());
    assertThat(
            watson.refused(
                new TestConnect("a:bolt01:app1")
                    .user(key.key().key())
                    .password(key.token().revealText())))
        .isEqualTo(notAuthorized());
    assertThat(watson.admitted(as(other).from("198.51.100.20"))).isNotNull();
    assertThat(watson.admitted(as(foreign).from("198.51.100.21"))).isNotNull();
  }

  private static int next = 50;

  private static TestConnect device(String clientId, String token) {
    next++;
    return new TestConnect(clientId)
        .user("use-token-auth")
        .password(token)
        .from("203.0.113." + next);
  }

  @Test
  void an_operators_key_is_no_application() {
    TestConnect connect =
        new TestConnect("a:acme01:app1").user(PlatformFixture.OPERATOR.key()).password("whatever");
    assertThat(watson.refused(connect)).isEqualTo(notAuthorized());
  }

  @Test
  void a_disabled_device_is_code_5_and_cut_off_when_connected() {
    RegisteredDevice pump = watson.pump("p1");
    TestClient client = watson.admitted(as(pump));
    watson.domain.registry.setEnabled(
        PlatformFixture.anAdministrator(watson.acme), pump.device().key(), false);
    assertThat(client.closeReason()).isEqualTo(CloseReason.REVOKED);
    assertThat(watson.refused(as(pump))).isEqualTo(notAuthorized());
  }

  @Test
  void too_many_failures_are_code_3_for_the_moment() {
    RegisteredDevice pump = watson.pump("p1");
    int code = notAuthorized();
    for (int i = 0; i < 50 && code == notAuthorized(); i++) {
      code = watson.refused(as(pump).password("wrong-token"));
    }
    assertThat(code).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "acme01.messaging.iot.example.com, true",
    "acme01.iot.example.com, true",
    "ACME01.Messaging.IOT.example.com, true",
    "iot.example.com, true",
    "other.example.org, true",
    "nobody.messaging.iot.example.com, true",
    "bolt01.messaging.iot.example.com, false",
    "bolt01.iot.example.com, false",
    "BOLT01.iot.example.com, false"
  })
  void sni_of_another_organization_is_refused_as_bad_credentials(String sni, boolean good) {
    Admission admission = watson.connect(as(watson.pump("p1")).sni(sni));
    if (good) {
      assertThat(admission).isInstanceOf(Admission.Admitted.class);
    } else {
      assertThat(admission)
          .isInstanceOfSatisfying(
              Admission.Refused.class,
              refused -> assertThat(refused.reason().returnCode()).isEqualTo(5));
    }
  }

  @Test
  void a_shared_application_is_refused_with_an_explanation_until_it_is_built() {
    IssuedApiKey key = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
    TestConnect connect =
        new TestConnect("A:acme01:app1").user(key.key().key()).password(key.token().revealText());
    assertThat(watson.messaging.claims(connect.request())).isTrue();
    assertThat(watson.refused(connect)).isEqualTo(notAuthorized());
  }

  @ParameterizedTest
  @CsvSource({
    "iot-2/evt/bye/fmt/json, true",
    "iot-2/type/pump/id/p2/evt/bye/fmt/json, false",
    "iot-2/cmd/reset/fmt/json, false",
    "anything, false"
  })
  void a_devices_will_is_taken_only_on_its_own_events(String topic, boolean good) {
    Admission admission = watson.connect(as(watson.pump("p1")).will(topic, "{}"));
    assertThat(admission instanceof Admission.Admitted).isEqualTo(good);
  }

  @Test
  void a_gateways_will_is_taken_for_itself_and_devices_behind_it_only() {
    RegisteredDevice gateway = watson.gateway("g1");
    watson.child("s1", gateway);
    watson.pump("p1");
    assertThat(watson.connect(as(gateway).will("iot-2/type/gw/id/g1/evt/bye/fmt/json", "")))
        .isInstanceOf(Admission.Admitted.class);
    assertThat(watson.connect(as(gateway).will("iot-2/type/sensor/id/s1/evt/bye/fmt/json", "")))
        .isInstanceOf(Admission.Admitted.class);
    assertThat(watson.connect(as(gateway).will("iot-2/type/pump/id/p1/evt/bye/fmt/json", "")))
        .isInstanceOf(Admission.Refused.class);
  }

  @Test
  void an_applications_will_needs_the_permission_and_a_registered_device() {
    watson.pump("p1");
    String topic = "iot-2/type/pump/id/p1/evt/bye/fmt/json";
    IssuedApiKey standard = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
    IssuedApiKey viewer = watson.domain.anApiKey(watson.acme, Role.VISUALIZATION);
    assertThat(watson.connect(as(standard, "a1").will(topic, "")))
        .isInstanceOf(Admission.Admitted.class);
    assertThat(watson.connect(as(viewer, "a2").will(topic, "")))
        .isInstanceOf(Admission.Refused.class);
    assertThat(
            watson.connect(
                as(standard, "a1").will("iot-2/type/pump/id/nobody/evt/bye/fmt/json", "")))
        .isInstanceOf(Admission.Refused.class);
  }

  @Test
  void a_will_larger_than_a_payload_is_refused() {
    assertThat(
            watson.connect(
                as(watson.pump("p1")).will("iot-2/evt/bye/fmt/bin", "x".repeat(131_073))))
        .isInstanceOf(Admission.Refused.class);
  }

  @Test
  void a_refused_client_leaves_no_live_connection_behind() {
    watson.connect(as(watson.pump("p1")).will("anything", "x"));
    assertThat(watson.domain.connections.count()).isZero();
  }

  @Test
  void a_revocation_between_login_and_connack_ends_the_connection_at_once() {
    RegisteredDevice pump = watson.pump("p1");
    TestClient client = watson.unopened(as(pump));
    watson.domain.registry.setEnabled(
        PlatformFixture.anAdministrator(watson.acme), pump.device().key(), false);
    assertThat(client.closeReason()).isNull();
    client.open();
    assertThat(client.closeReason()).isEqualTo(CloseReason.REVOKED);
    assertThat(watson.domain.connections.count()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "d:acme01:pump:p1, use-token-auth, true",
    "anything, use-token-auth, true",
    "anything, a-acme01-abcdefghij, true",
    "d:acme01:pump:p1, '', true",
    "g:acme01:pump:p1, '', true",
    "a:acme01:app1, bad-key, true",
    "A:acme01:app1, '', true",
    "d:serial:template, '', false",
    "d:acme01:pump:p1, acme01/jane, false",
    "serial, acme01/device_serial, false",
    "tester-1, tester, false",
    "tester-1, '', false"
  })
  void the_contract_claims_its_own_logins_only(String clientId, String user, boolean claimed) {
    TestConnect connect = new TestConnect(clientId);
    ConnectRequest request = (user.isEmpty() ? connect : connect.user(user)).request();
    assertThat(watson.messaging.claims(request)).isEqualTo(claimed);
  }
}
