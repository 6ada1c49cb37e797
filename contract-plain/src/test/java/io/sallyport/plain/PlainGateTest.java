package io.sallyport.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Password;
import io.sallyport.platform.space.ClientIdRule;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** THREATS T15, T30: who a client is, by name and hints. */
class PlainGateTest {
  private final PlainFixture fixture = new PlainFixture();
  private final PlainCredential tester = fixture.aCredential("tester", "allow both #");

  PlainGateTest() {
    fixture.aSpace(fixture.rival, "plain");
    fixture.aCredential(
        fixture.rival,
        "plain",
        "rivals",
        new ClientIdRule.Any(),
        PlainLimits.DEFAULT,
        "allow both #");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static ConnectRequest request(
      String listener, @Nullable String sni, @Nullable String user, String clientId) {
    return new ConnectRequest(
        MqttVersion.V3_1_1,
        clientId,
        true,
        60,
        Optional.empty(),
        Optional.ofNullable(user),
        Optional.of(new Password(PlainFixture.PASSWORD.getBytes(StandardCharsets.UTF_8))),
        new ConnectionInfo(
            1,
            listener,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 8883),
            true,
            "TLSv1.3",
            "",
            Optional.ofNullable(sni),
            List.of(),
            false));
  }

  @ParameterizedTest(name = "{0} at {1}: claimed {2}, admitted {3}")
  @CsvSource({
    "acme01/tester, ,                           true,  true",
    "acme01/tester, iot.example,                true,  true",
    "acme01/tester, acme01.iot.example,         true,  true",
    "acme01/tester, acme01.messaging.iot.example, true, true",
    "acme01/tester, zzzzzz.iot.example,         true,  true",
    "acme01/tester, rival1.iot.example,         false, false",
    "rival1/tester, ,                           false, false",
    "tester,        acme01.iot.example,         true,  true",
    "tester,        ACME01.IOT.EXAMPLE.,        true,  true",
    "tester,        rival1.iot.example,         false, false",
    "tester,        zzzzzz.iot.example,         false, false",
    "tester,        acme01.other.example,       false, false",
    "tester,        ,                           false, false",
    "acme01/tester/x, ,                         false, false",
    "use-token-auth, acme01.iot.example,        false, false"
  })
  void the_tenant_is_named_once_and_every_hint_agrees(
      String user, @Nullable String sni, boolean claimed, boolean admitted) {
    ConnectRequest request = request("mqtts", sni, user, "c1");

    assertThat(fixture.messaging.claims(request)).isEqualTo(claimed);
    Admission admission = fixture.messaging.gate().admit(request);
    if (admitted) {
      assertThat(admission)
          .isInstanceOfSatisfying(
              Admission.Admitted.class,
              in -> {
                assertThat(in.session())
                    .isEqualTo(PlainScopes.session(tester.spaceNumber(), tester.number(), "c1"));
                in.binding()
                    .closed(CloseReason.CONNECTION_LOST, new ConnectionStats(0, 0, 0, 0, 0));
              });
    } else {
      assertThat(admission)
          .isEqualTo(new Admission.Refused(ConnectRefusal.BAD_USER_NAME_OR_PASSWORD));
    }
  }

  @Test
  void a_listeners_identity_comes_before_every_name() {
    fixture.aCredential("open", "allow both #");

    for (String user : new @Nullable String[] {null, "use-token-auth", "rival1/rivals"}) {
      ConnectRequest request = request(PlainFixture.OPEN_DOOR, null, user, "c1");
      assertThat(fixture.messaging.isIdentified(request)).isTrue();
      assertThat(fixture.messaging.gate().admit(request))
          .isInstanceOfSatisfying(
              Admission.Admitted.class,
              in -> {
                assertThat(in.session().owner())
                    .isNotEqualTo("plain-credential:" + tester.number());
                in.binding()
                    .closed(CloseReason.CONNECTION_LOST, new ConnectionStats(0, 0, 0, 0, 0));
              });
    }
    assertThat(fixture.messaging.isIdentified(request("mqtts", null, "x", "c1"))).isFalse();
  }

  /** THREATS T44: guessing slows down, and the right password must wait too. */
  @Test
  void guessing_is_throttled() {
    ConnectRequest right = request("mqtts", null, "acme01/tester", "c1");
    ConnectRequest unknown = request("mqtts", null, "acme01/nobody", "c1");
    for (int i = 0; i < 12; i++) {
      fixture.messaging.gate().admit(unknown);
    }

    assertThat(fixture.messaging.gate().admit(unknown))
        .isEqualTo(new Admission.Refused(ConnectRefusal.SERVER_UNAVAILABLE));
    fixture.platform.clock.advance(Duration.ofMinutes(10));
    assertThat(fixture.messaging.gate().admit(right)).isInstanceOf(Admission.Admitted.class);
  }
}
