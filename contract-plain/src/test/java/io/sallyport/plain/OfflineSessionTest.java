package io.sallyport.plain;

import static io.sallyport.plain.PlainFixture.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Bytes;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.space.ClientIdRule;
import io.sallyport.platform.space.PlainLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** THREATS T32: a session whose client is away follows the rules too, also after a restart. */
class OfflineSessionTest {
  private final PlainFixture fixture = new PlainFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private RawMqttClient lasting(String credential, String clientId, boolean present) {
    RawMqttClient client = fixture.raw();
    assertThat(client.login(connect(credential, clientId).clean(false))).isEqualTo(present);
    return client;
  }

  private void leaves(RawMqttClient client) {
    client.sendDisconnect();
    client.expectClosed();
    client.close();
    await().until(() -> fixture.engine.connections() == 0);
  }

  private void aVictimAway(String filter) {
    fixture.aCredential("victim", "allow both #");
    fixture.aCredential("other", "allow both #");
    RawMqttClient victim = lasting("victim", "v", false);
    assertThat(victim.subscribe(1, 1, filter)).isEqualTo("01");
    leaves(victim);
  }

  private void publish(String topic, String payload) {
    try (RawMqttClient other = fixture.client("other", "o")) {
      other.sendPublish(topic, payload, 1, 7);
      assertThat(other.expectAck(RawMqttClient.PUBACK)).isEqualTo(7);
    }
  }

  private void enable(boolean enabled) {
    fixture.platform.plainSpaces.setEnabled(
        fixture.admin(), fixture.acme.id(), "plain", "victim", enabled);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void what_is_denied_meanwhile_is_not_kept_for_later(boolean restart) {
    aVictimAway("a/#");
    if (restart) {
      fixture.restart();
    }
    fixture.changeRules("victim", "deny both a/secret", "allow both a/#");
    publish("a/secret", "denied");
    publish("a/open", "allowed");
    fixture.changeRules("victim", "allow both #");
    try (RawMqttClient victim = lasting("victim", "v", true)) {
      assertThat(victim.expectPublish().payload()).isEqualTo("allowed");
      victim.expectNothingBeforePong();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_disabled_credentials_session_gets_nothing_and_keeps_its_subscriptions(boolean restart) {
    aVictimAway("a/#");
    enable(false);
    if (restart) {
      fixture.restart();
    }
    publish("a/x", "while disabled");
    enable(true);
    publish("a/x", "after");
    try (RawMqttClient victim = lasting("victim", "v", true)) {
      assertThat(victim.expectPublish().payload()).isEqualTo("after");
      victim.expectNothingBeforePong();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no restart", "restart before", "restart after", "kill at once"})
  void subscriptions_that_are_not_granted_any_more_are_dropped_and_stay_so(String how) {
    aVictimAway("a/#");
    if (how.equals("restart before")) {
      fixture.restart();
    }
    if (how.equals("kill at once")) {
      fixture.losesWhatComes();
    }
    fixture.changeRules("victim", "allow both b/#");
    await()
        .until(() ->
            fixture.meters.get("sallyport.plain.withdrawn.subscriptions").counter().count() >= 1);
    if (how.equals("restart after") || how.equals("kill at once")) {
      fixture.restart();
    }
    fixture.changeRules("victim", "allow both #");
    publish("a/x", "1");
    fixture.restart(); // Nor has the store it any more.
    publish("a/x", "2");
    try (RawMqttClient victim = lasting("victim", "v", true)) {
      victim.expectNothingBeforePong();
    }
  }

  private void publishRetained(RawMqttClient client, String topic) {
    client.send(RawMqttClient.publish(topic, "kept", 1, 7, true, false));
    assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(7);
  }

  @Test
  void retained_messages_from_before_a_restart_count() {
    fixture.aCredential(
        fixture.acme,
        "plain",
        "small",
        new ClientIdRule.Any(),
        new PlainLimits(10, 10, 2, 1_000),
        "allow both #");
    try (RawMqttClient small = fixture.client("small", "c1")) {
      publishRetained(small, "a");
      publishRetained(small, "b");
    }
    fixture.restart();
    try (RawMqttClient small = fixture.client("small", "c1")) {
      publishRetained(small, "c");
      publishRetained(small, "a");
      assertThat(small.subscribe(1, 0, "#")).isEqualTo("00");
      assertThat(List.of(small.expectPublish().topic(), small.expectPublish().topic()))
          .containsExactlyInAnyOrder("a", "b");
      small.expectNothingBeforePong();
    }
  }

  @Test
  void retained_messages_that_have_expired_do_not_count() {
    fixture.aCredential(
        fixture.acme,
        "plain",
        "small",
        new ClientIdRule.Any(),
        new PlainLimits(10, 10, 1, 1_000),
        "allow both #");
    try (RawMqttClient small = fixture.raw()) {
      small.connect5(connect("small", "c1").version5());
      small.send(RawMqttClient.publish5(0x33, "a", "x", 1, new Bytes().u8(0x02).u32(1)));
      assertThat(small.expectReason(RawMqttClient.PUBACK, 1)).isZero();
      small.send(RawMqttClient.publish5(0x33, "b", "x", 2, new Bytes()));
      assertThat(small.expectReason(RawMqttClient.PUBACK, 2)).isEqualTo(0x97);
      await()
          .untilAsserted(() -> {
            small.send(RawMqttClient.publish5(0x33, "b", "x", 3, new Bytes()));
            assertThat(small.expectReason(RawMqttClient.PUBACK, 3)).isZero();
          });
    }
  }

  /** THREATS T31: what was revoked has no last word, also when a kill cut it off. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_will_is_not_published_after_a_kill_when_its_password_was_replaced(boolean replaced) {
    fixture.aCredential("victim", "allow both #");
    fixture.aCredential("other", "allow both #");
    RawMqttClient reader = lasting("other", "reader", false);
    assertThat(reader.subscribe(1, 1, "will/#")).isEqualTo("01");
    RawMqttClient victim = fixture.raw();
    victim.login(connect("victim", "v").clean(false).will("will/v", "victim", 1, false));
    RawMqttClient other = fixture.raw();
    other.login(connect("other", "o").clean(false).will("will/o", "other", 1, false));
    fixture.losesWhatComes();
    if (replaced) {
      fixture.platform.plainSpaces.replacePassword(
          fixture.admin(),
          fixture.acme.id(),
          "plain",
          "victim",
          Optional.of(Secret.of("another one")));
    }
    fixture.restart();
    reader.close();
    victim.close();
    other.close();
    try (RawMqttClient back = lasting("other", "reader", true)) {
      List<String> wills = new ArrayList<>();
      wills.add(back.expectPublish().payload());
      if (!replaced) {
        wills.add(back.expectPublish().payload());
      }
      assertThat(wills).contains("other");
      await()
          .until(() ->
              fixture.meters.get("mqtt.wills.not.authorised").counter().count()
                  == (replaced ? 1 : 0));
      back.expectNothingBeforePong();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_will_that_waits_is_dropped_when_its_password_is_replaced_meanwhile(boolean replaced) {
    fixture.aCredential("victim", "allow both #");
    fixture.aCredential("other", "allow both #");
    try (RawMqttClient other = fixture.client("other", "o")) {
      assertThat(other.subscribe(1, 1, "will")).isEqualTo("01");
      RawMqttClient victim = fixture.raw();
      victim.connect5(
          connect("victim", "v")
              .version5()
              .properties(new Bytes().u8(0x11).u32(60))
              .will("will", "victim", 1, false)
              .willProperties(new Bytes().u8(0x18).u32(1)));
      victim.close();
      await().until(() -> fixture.meters.get("mqtt.wills.delayed").gauge().value() == 1);
      if (replaced) {
        fixture.platform.plainSpaces.replacePassword(
            fixture.admin(),
            fixture.acme.id(),
            "plain",
            "victim",
            Optional.of(Secret.of("another one")));
        await().until(() -> fixture.meters.get("mqtt.wills.delayed").gauge().value() == 0);
        other.expectNothingBeforePong();
      } else {
        assertThat(other.expectPublish().payload()).isEqualTo("victim");
      }
    }
  }

  @Test
  void sessions_from_before_a_restart_count() {
    fixture.aCredential(
        fixture.acme,
        "plain",
        "small",
        new ClientIdRule.Any(),
        new PlainLimits(10, 2, 0, 0),
        "allow both #");
    leaves(lasting("small", "k1", false));
    leaves(lasting("small", "k2", false));
    fixture.restart();

    assertThat(fixture.codeOf(connect("small", "other"))).isEqualTo(3);
    leaves(lasting("small", "k1", true));
    assertThat(fixture.codeOf(connect("small", "k2"))).isZero(); // Clean: it ends.
    await().untilAsserted(() -> assertThat(fixture.codeOf(connect("small", "other"))).isZero());
  }
}
