package io.sallyport.plain;

import static io.sallyport.plain.PlainFixture.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Published;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.space.ClientIdRule;
import io.sallyport.platform.space.PlainLimits;
import io.sallyport.platform.space.PlainSpace.DeniedPublish;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MESSAGING section 3 on the wire: what a plain space grants, and above all what it does not. */
class PlainSpaceWireTest {
  private static final Duration REVOCATION_BOUND = Duration.ofSeconds(5);

  private final PlainFixture fixture = new PlainFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private static void publish(RawMqttClient client, String topic, String payload) {
    client.sendPublish(topic, payload, 1, 7);
    assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(7);
  }

  private static void publishRetained(RawMqttClient client, String topic, String payload) {
    client.send(RawMqttClient.publish(topic, payload, 1, 7, true, false));
    assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(7);
  }

  @Nested
  class Login {
    @Test
    void the_right_password_opens_and_everything_else_gets_one_answer() {
      fixture.aCredential("tester", "allow both #");
      fixture.aCredential("sleeper", "allow both #");
      fixture.platform.plainSpaces.setEnabled(
          fixture.admin(), fixture.acme.id(), "plain", "sleeper", false);

      assertThat(fixture.codeOf(connect("tester", "c1"))).isZero();
      for (Connect wrong :
          List.of(
              new Connect("c1").login("acme01/tester", "wrong"),
              new Connect("c1").login("acme01/tester", ""),
              new Connect("c1").login("acme01/nobody", PlainFixture.PASSWORD),
              new Connect("c1").login("acme01/sleeper", PlainFixture.PASSWORD),
              new Connect("c1").login("rival1/tester", PlainFixture.PASSWORD),
              new Connect("c1").login("none00/tester", PlainFixture.PASSWORD),
              new Connect("c1").login("ACME01/tester", PlainFixture.PASSWORD),
              new Connect("c1").login("acme01/tester/", PlainFixture.PASSWORD),
              new Connect("c1").login("acme01/", PlainFixture.PASSWORD),
              new Connect("c1").login("/tester", PlainFixture.PASSWORD))) {
        fixture.platform.clock.advance(Duration.ofMinutes(5)); // past every throttle
        assertThat(fixture.codeOf(wrong)).isEqualTo(4);
      }
    }

    /** THREATS T15: with two tenants and no host name, a bare name names nobody. */
    @Test
    void a_bare_name_needs_one_tenant() {
      fixture.aCredential("tester", "allow both #");

      assertThat(fixture.codeOf(new Connect("c1").login("tester", PlainFixture.PASSWORD)))
          .isEqualTo(4);
      fixture.platform.tenants.delete(
          io.sallyport.platform.testing.PlatformFixture.OPERATOR, fixture.rival.id());
      fixture.platform.clock.advance(Duration.ofMinutes(5));
      assertThat(fixture.codeOf(new Connect("c1").login("tester", PlainFixture.PASSWORD))).isZero();
    }

    @ParameterizedTest
    @CsvSource({
      "prefix:tester-, tester-1, 0",
      "prefix:tester-, tester-, 0",
      "prefix:tester-, other-1, 2",
      "prefix:tester-, Tester-1, 2",
      "exact:one, one, 0",
      "exact:one, one1, 2",
      "any, +/#, 0"
    })
    void a_client_id_must_be_one_of_the_credentials(String rule, String clientId, int code) {
      fixture.aCredential(
          fixture.acme,
          "plain",
          "tester",
          ClientIdRule.parse(rule),
          PlainLimits.DEFAULT,
          "allow both #");

      assertThat(fixture.codeOf(connect("tester", clientId))).isEqualTo(code);
    }

    @Test
    void the_default_rule_is_the_credentials_name_and_a_hyphen() {
      fixture.aCredential(
          fixture.acme, "plain", "tester", null, PlainLimits.DEFAULT, "allow both #");

      assertThat(fixture.codeOf(connect("tester", "tester-1"))).isZero();
      assertThat(fixture.codeOf(connect("tester", "c1"))).isEqualTo(2);
    }

    /** v3: MQTT-3.1.3-6, -7, and MESSAGING section 7 row 4. */
    @Test
    void mqtt_3_1_bounds_client_ids_and_3_1_1_makes_missing_ones() {
      fixture.aCredential("tester", "allow both #");

      assertThat(fixture.codeOf(connect("tester", "c".repeat(23)).protocol("MQIsdp", 3))).isZero();
      assertThat(fixture.codeOf(connect("tester", "c".repeat(24)).protocol("MQIsdp", 3)))
          .isEqualTo(2);
      assertThat(fixture.codeOf(connect("tester", "c".repeat(24)))).isZero();
      assertThat(fixture.codeOf(connect("tester", ""))).isZero();
      assertThat(fixture.codeOf(connect("tester", "").clean(false))).isEqualTo(2);
      // A wrong password comes first: the long id tells nothing about the name.
      assertThat(
              fixture.codeOf(
                  new Connect("c".repeat(24))
                      .protocol("MQIsdp", 3)
                      .login("acme01/nobody", PlainFixture.PASSWORD)))
          .isEqualTo(4);
    }

    @Test
    void two_clients_without_id_are_two_clients() {
      fixture.aCredential("tester", "allow both #");

      try (RawMqttClient first = fixture.client("tester", "");
          RawMqttClient second = fixture.client("tester", "")) {
        first.expectNothingBeforePong();
        second.expectNothingBeforePong();
      }
    }

    @Test
    void connections_beyond_the_limit_wait_outside() {
      fixture.aCredential(
          fixture.acme,
          "plain",
          "tester",
          new ClientIdRule.Any(),
          new PlainLimits(2, 10, 0, 0),
          "allow both #");

      try (RawMqttClient first = fixture.client("tester", "c1");
          RawMqttClient second = fixture.client("tester", "c2")) {
        assertThat(fixture.codeOf(connect("tester", "c3"))).isEqualTo(3);
        // Whoever comes back takes its own place.
        try (RawMqttClient again = fixture.client("tester", "c1")) {
          again.expectNothingBeforePong();
        }
        first.expectClosed();
        second.expectNothingBeforePong();
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(fixture.codeOf(connect("tester", "c4"))).isZero());
    }

    @Test
    void sessions_beyond_the_limit_are_refused_until_one_ends() {
      fixture.aCredential(
          fixture.acme,
          "plain",
          "tester",
          new ClientIdRule.Any(),
          new PlainLimits(10, 1, 0, 0),
          "allow both #");
      try (RawMqttClient kept = fixture.raw()) {
        kept.login(connect("tester", "kept").clean(false));
        kept.sendDisconnect();
        kept.expectClosed();
      }

      assertThat(fixture.codeOf(connect("tester", "other"))).isEqualTo(3);
      assertThat(fixture.codeOf(connect("tester", "kept").clean(true))).isZero();
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(fixture.codeOf(connect("tester", "other"))).isZero());
    }
  }

  @Nested
  class Rules {
    @Test
    void messages_reach_the_space_and_nothing_beyond() {
      fixture.aSpace(fixture.acme, "second");
      fixture.aSpace(fixture.rival, "plain");
      fixture.aCredential("one", "allow both #");
      fixture.aCredential("two", "allow both #");
      fixture.aCredential(
          fixture.acme,
          "second",
          "elsewhere",
          new ClientIdRule.Any(),
          PlainLimits.DEFAULT,
          "allow both #");
      fixture.aCredential(
          fixture.rival,
          "plain",
          "one",
          new ClientIdRule.Any(),
          PlainLimits.DEFAULT,
          "allow both #");

      try (RawMqttClient publisher = fixture.client("one", "c1");
          RawMqttClient same = fixture.client("two", "c2");
          RawMqttClient otherSpace = fixture.client("elsewhere", "c3");
          RawMqttClient otherTenant = fixture.raw()) {
        otherTenant.login(new Connect("c1").login("rival1/one", PlainFixture.PASSWORD));
        for (RawMqttClient client : List.of(same, otherSpace, otherTenant)) {
          assertThat(client.subscribe(1, 1, "#", "+/+")).isEqualTo("0101");
        }
        publishRetained(publisher, "a/b", "hello");

        assertThat(same.expectPublish().payload()).isEqualTo("hello");
        same.sendAck(RawMqttClient.PUBACK, 1);
        otherSpace.expectNothingBeforePong();
        otherTenant.expectNothingBeforePong();
        // Nor what is retained.
        assertThat(otherSpace.subscribe(2, 1, "a/b")).isEqualTo("01");
        otherSpace.expectNothingBeforePong();
        // The namesake of another tenant with the same client id was no takeover.
        publisher.expectNothingBeforePong();
      }
    }

    /** THREATS T30. */
    @Test
    void another_credential_with_the_same_client_id_meets_nothing_of_the_session() {
      fixture.aCredential("one", "allow both #");
      fixture.aCredential("two", "allow both #");
      try (RawMqttClient one = fixture.raw()) {
        one.login(connect("one", "same").clean(false));
        assertThat(one.subscribe(1, 1, "a")).isEqualTo("01");
        try (RawMqttClient two = fixture.raw()) {
          assertThat(two.login(connect("two", "same").clean(false))).isFalse();
          publish(two, "a", "1");
          assertThat(one.expectPublish().payload()).isEqualTo("1");
          two.expectNothingBeforePong();
        }
        one.expectNothingBeforePong();
      }
    }

    @Test
    void what_no_rule_allows_is_acknowledged_and_dropped() {
      fixture.aCredential("one", "allow publish in/#", "allow subscribe #");
      fixture.aCredential("none");

      try (RawMqttClient one = fixture.client("one", "c1");
          RawMqttClient none = fixture.client("none", "c2")) {
        assertThat(one.subscribe(1, 1, "#")).isEqualTo("01");
        assertThat(none.subscribe(1, 1, "#", "a")).isEqualTo("8080");
        publish(none, "in/x", "denied");
        publish(one, "out/x", "denied");
        publish(one, "$SYS/x", "denied");
        publish(one, "in/x", "allowed");

        assertThat(one.expectPublish().payload()).isEqualTo("allowed");
        none.expectNothingBeforePong();
      }
      assertThat(fixture.meters.get("sallyport.plain.denied.publishes").counter().count())
          .isEqualTo(3);
    }

    @Test
    void a_space_may_close_who_publishes_where_it_may_not() {
      fixture.platform.plainSpaces.changeSpace(
          fixture.admin(),
          fixture.acme.id(),
          "plain",
          Optional.empty(),
          Optional.of(DeniedPublish.CLOSE));
      fixture.aCredential("one", "allow publish in/#");

      try (RawMqttClient one = fixture.client("one", "c1")) {
        publish(one, "in/x", "allowed");
        one.sendPublish("out/x", "denied", 0, 0);
        one.expectClosed();
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"$SYS/#", "$SYS/broker/uptime", "$x", "other/#", "other/+/x"})
    void a_filter_of_which_nothing_is_allowed_is_refused(String filter) {
      fixture.aCredential("one", "allow both in/#");

      try (RawMqttClient one = fixture.client("one", "c1")) {
        assertThat(one.subscribe(1, 0, filter, "in/x")).isEqualTo("8000");
      }
    }

    /** A granted filter is no grant of each topic that it matches. */
    @Test
    void each_delivery_is_checked_live_and_retained() {
      fixture.aCredential("one", "allow both #");
      fixture.aCredential("two", "deny subscribe secret/#", "allow both #");

      try (RawMqttClient one = fixture.client("one", "c1");
          RawMqttClient two = fixture.client("two", "c2")) {
        publishRetained(one, "secret/kept", "no");
        publishRetained(one, "open/kept", "yes");
        assertThat(two.subscribe(1, 0, "#")).isEqualTo("00");
        assertThat(two.expectPublish().payload()).isEqualTo("yes");
        publish(one, "secret/live", "no");
        publish(one, "open/live", "yes, too");
        assertThat(two.expectPublish().payload()).isEqualTo("yes, too");
        two.expectNothingBeforePong();
      }
    }

    /** CVE-2017-7650. */
    @Test
    void a_client_id_with_wildcards_opens_no_rule_with_a_substitution() {
      fixture.aCredential("one", "allow both %c/#", "allow both by/%u/#");
      fixture.aCredential("victim", "allow both #");

      try (RawMqttClient victim = fixture.client("victim", "v")) {
        for (String clientId : List.of("#", "+", "+/+", "v/x")) {
          try (RawMqttClient hostile = fixture.client("one", clientId)) {
            assertThat(hostile.subscribe(1, 0, "#", "v/#", clientId + "/#"))
                .as(clientId)
                .matches("(80)+");
            publish(victim, "v/x", "private");
            hostile.expectNothingBeforePong();
          } catch (java.io.UncheckedIOException malformed) {
            // clientId + "/#" may be no filter at all: the connection is closed then.
            assertThat(clientId).isEqualTo("#");
          }
        }
        try (RawMqttClient good = fixture.client("one", "v")) {
          assertThat(good.subscribe(1, 0, "v/#", "by/one/#", "by/two/#")).isEqualTo("000080");
        }
      }
    }

    @Test
    void rules_changed_act_on_open_connections_at_once() {
      fixture.aCredential("one", "allow both #");
      fixture.aCredential("two", "allow both #");

      try (RawMqttClient one = fixture.client("one", "c1");
          RawMqttClient two = fixture.client("two", "c2")) {
        assertThat(two.subscribe(1, 1, "a/#", "b/#")).isEqualTo("0101");
        publish(one, "a/x", "1");
        assertThat(two.expectPublish().payload()).isEqualTo("1");
        two.sendAck(RawMqttClient.PUBACK, 1);

        fixture.changeRules("two", "allow both b/#");
        publish(one, "a/x", "2");
        publish(one, "b/x", "3");
        assertThat(two.expectPublish().payload()).isEqualTo("3");
        two.sendAck(RawMqttClient.PUBACK, 2);
        // The withdrawn subscription does not come back with the right: it is asked for again.
        await()
            .atMost(Duration.ofSeconds(5))
            .until(() ->
                fixture.meters.get("sallyport.plain.withdrawn.subscriptions").counter().count()
                    == 1);
        fixture.changeRules("two", "allow both #");
        publish(one, "a/x", "4");
        two.expectNothingBeforePong();
        assertThat(two.subscribe(2, 1, "a/#")).isEqualTo("01");
        publish(one, "a/x", "5");
        assertThat(two.expectPublish().payload()).isEqualTo("5");

        fixture.changeRules("one", "deny both #");
        publish(one, "a/x", "6");
        two.sendAck(RawMqttClient.PUBACK, 3);
        two.expectNothingBeforePong();
      }
    }

    /** CVE-2018-12546, CVE-2021-34434. */
    @Test
    void queued_and_retained_messages_pass_the_rules_in_force_when_they_go_out() {
      fixture.aCredential("one", "allow both #");
      fixture.aCredential("two", "allow both #");
      try (RawMqttClient two = fixture.raw()) {
        two.login(connect("two", "c2").clean(false));
        assertThat(two.subscribe(1, 1, "#")).isEqualTo("01");
        two.sendDisconnect();
        two.expectClosed();
      }
      try (RawMqttClient one = fixture.client("one", "c1")) {
        publish(one, "secret/x", "queued before");
        publishRetained(one, "secret/kept", "retained before");
        publish(one, "open/x", "open");
        fixture.changeRules("two", "deny subscribe secret/#", "allow both #");
        publish(one, "secret/x", "after");
      }

      try (RawMqttClient two = fixture.raw()) {
        assertThat(two.login(connect("two", "c2").clean(false))).isTrue();
        Published first = two.expectPublish();
        assertThat(first.payload()).isEqualTo("open");
        two.sendAck(RawMqttClient.PUBACK, first.packetId());
        two.expectNothingBeforePong();
      }
    }

    @Test
    void subscriptions_that_a_session_brings_back_are_asked_again() {
      fixture.aCredential("one", "allow both #");
      fixture.aCredential("two", "allow both #");
      try (RawMqttClient two = fixture.raw()) {
        two.login(connect("two", "c2").clean(false));
        assertThat(two.subscribe(1, 1, "a/#", "b/#")).isEqualTo("0101");
        two.sendDisconnect();
        two.expectClosed();
      }
      fixture.changeRules("two", "allow both b/#");

      try (RawMqttClient one = fixture.client("one", "c1");
          RawMqttClient two = fixture.raw()) {
        assertThat(two.login(connect("two", "c2").clean(false))).isTrue();
        fixture.changeRules("two", "allow both #");
        await()
            .atMost(Duration.ofSeconds(5))
            .until(() ->
                fixture.meters.get("sallyport.plain.withdrawn.subscriptions").counter().count()
                    == 1);
        publish(one, "a/x", "1");
        publish(one, "b/x", "2");
        assertThat(two.expectPublish().payload()).isEqualTo("2");
      }
    }
  }

  @Nested
  class Messages {
    @Test
    void qos_2_goes_through_once() {
      fixture.aCredential("one", "allow both #");

      try (RawMqttClient one = fixture.client("one", "c1");
          RawMqttClient two = fixture.client("one", "c2")) {
        assertThat(two.subscribe(1, 2, "a")).isEqualTo("02");
        one.sendPublish("a", "x", 2, 9);
        assertThat(one.expectAck(RawMqttClient.PUBREC)).isEqualTo(9);
        one.send(RawMqttClient.publish("a", "x", 2, 9, false, true));
        assertThat(one.expectAck(RawMqttClient.PUBREC)).isEqualTo(9);
        one.sendAck(RawMqttClient.PUBREL, 9);
        assertThat(one.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(9);

        Published published = two.expectPublish();
        assertThat(published.qos()).isEqualTo(2);
        two.sendAck(RawMqttClient.PUBREC, published.packetId());
        assertThat(two.expectAck(RawMqttClient.PUBREL)).isEqualTo(published.packetId());
        two.sendAck(RawMqttClient.PUBCOMP, published.packetId());
        two.expectNothingBeforePong();
      }
    }

    @Test
    void retained_messages_are_kept_replaced_and_cleared() {
      fixture.aCredential("one", "allow both #");

      try (RawMqttClient one = fixture.client("one", "c1")) {
        publishRetained(one, "a", "first");
        publishRetained(one, "a", "second");
        publishRetained(one, "b", "other");
        publishRetained(one, "b", "");
        assertThat(one.subscribe(1, 0, "#")).isEqualTo("00");
        Published kept = one.expectPublish();
        assertThat(kept.payload()).isEqualTo("second");
        assertThat(kept.retain()).isTrue();
        one.expectNothingBeforePong();
      }
    }

    @Test
    void a_credential_retains_no_more_than_it_may() {
      fixture.aCredential(
          fixture.acme,
          "plain",
          "small",
          new ClientIdRule.Any(),
          new PlainLimits(10, 10, 2, 1_000),
          "allow both #");
      fixture.aCredential("other", "allow both #");

      try (RawMqttClient small = fixture.client("small", "c1");
          RawMqttClient other = fixture.client("other", "c2")) {
        publishRetained(small, "a", "1");
        publishRetained(small, "b", "1");
        publishRetained(small, "c", "beyond");
        publishRetained(small, "a", "2");
        publishRetained(small, "b", "x".repeat(2_000));
        publishRetained(other, "d", "1");
        assertThat(other.subscribe(1, 0, "#")).isEqualTo("00");
        List<String> kept =
            java.util.stream.Stream.generate(other::expectPublish)
                .limit(3)
                .map(message -> message.topic() + "=" + message.payload())
                .toList();
        assertThat(kept).containsExactlyInAnyOrder("a=2", "b=1", "d=1");
        other.expectNothingBeforePong();
        // What is cleared makes room.
        publishRetained(small, "a", "");
        publishRetained(small, "c", "1");
      }
      try (RawMqttClient late = fixture.client("other", "c3")) {
        assertThat(late.subscribe(1, 0, "c")).isEqualTo("00");
        assertThat(late.expectPublish().payload()).isEqualTo("1");
      }
    }

    @Test
    void a_will_is_asked_at_connect_and_again_when_it_is_published() {
      fixture.aCredential("one", "allow both will/#");
      fixture.aCredential("watcher", "allow both #");

      assertThat(fixture.codeOf(connect("one", "c1").will("other", "x", 0, false))).isEqualTo(5);
      assertThat(fixture.codeOf(connect("one", "c1").will("$SYS/x", "x", 0, false))).isEqualTo(5);
      try (RawMqttClient watcher = fixture.client("watcher", "w")) {
        assertThat(watcher.subscribe(1, 0, "will/#")).isEqualTo("00");
        try (RawMqttClient one = fixture.raw()) {
          one.login(connect("one", "c1").will("will/a", "cut", 1, false));
        }
        assertThat(watcher.expectPublish().payload()).isEqualTo("cut");
        try (RawMqttClient one = fixture.raw()) {
          one.login(connect("one", "c1").will("will/a", "not any more", 1, false));
          fixture.changeRules("one", "deny both #");
        }
        await()
            .atMost(Duration.ofSeconds(5))
            .until(() ->
                fixture.meters.get("sallyport.plain.denied.publishes").counter().count() == 1);
        watcher.expectNothingBeforePong();
      }
    }
  }

  @Nested
  class Revocation {
    @ParameterizedTest
    @ValueSource(strings = {"delete", "disable", "password", "client ids", "tenant"})
    void whoever_is_revoked_is_closed_without_a_will_and_others_stay(String how) {
      fixture.aCredential("one", "allow both #");
      fixture.aCredential("other", "allow both #");
      try (RawMqttClient one = fixture.raw();
          RawMqttClient other = fixture.client("other", "c2")) {
        one.login(connect("one", "c1").will("will", "last word", 1, false));
        assertThat(other.subscribe(1, 0, "will")).isEqualTo("00");

        long before = System.nanoTime();
        revoke(how);
        one.expectClosed();

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(REVOCATION_BOUND);
        if (how.equals("tenant")) {
          other.expectClosed();
        } else {
          other.expectNothingBeforePong();
          assertThat(fixture.codeOf(connect("one", "c1"))).isIn(2, 4);
        }
      }
    }

    private void revoke(String how) {
      var spaces = fixture.platform.plainSpaces;
      var acme = fixture.acme.id();
      switch (how) {
        case "delete" -> spaces.deleteCredential(fixture.admin(), acme, "plain", "one");
        case "disable" -> spaces.setEnabled(fixture.admin(), acme, "plain", "one", false);
        case "password" ->
            spaces.replacePassword(
                fixture.admin(), acme, "plain", "one", Optional.of(Secret.of("another one")));
        case "client ids" ->
            spaces.changeCredential(
                fixture.admin(),
                acme,
                "plain",
                "one",
                Optional.of(new ClientIdRule.Exact("c9")),
                limits -> limits);
        default ->
            fixture.platform.tenants.suspend(
                io.sallyport.platform.testing.PlatformFixture.OPERATOR, acme);
      }
    }

    @Test
    void a_namesake_of_a_deleted_credential_finds_no_session() {
      fixture.aCredential("one", "allow both #");
      fixture.aCredential("other", "allow both #");
      try (RawMqttClient one = fixture.raw()) {
        one.login(connect("one", "c1").clean(false));
        assertThat(one.subscribe(1, 1, "a")).isEqualTo("01");
        one.sendDisconnect();
        one.expectClosed();
      }
      fixture.platform.plainSpaces.deleteCredential(
          fixture.admin(), fixture.acme.id(), "plain", "one");
      await().atMost(Duration.ofSeconds(5)).until(() -> fixture.engine.sessions() == 0);
      fixture.aCredential("one", "allow both #");

      try (RawMqttClient namesake = fixture.raw();
          RawMqttClient other = fixture.client("other", "c2")) {
        publish(other, "a", "not for the namesake");
        assertThat(namesake.login(connect("one", "c1").clean(false))).isFalse();
        namesake.expectNothingBeforePong();
      }
    }

    @Test
    void a_deleted_space_leaves_no_retained_message_to_its_namesake() {
      fixture.aCredential("one", "allow both #");
      try (RawMqttClient one = fixture.client("one", "c1")) {
        publishRetained(one, "a", "old");
      }
      fixture.platform.plainSpaces.deleteCredential(
          fixture.admin(), fixture.acme.id(), "plain", "one");
      fixture.platform.plainSpaces.deleteSpace(fixture.admin(), fixture.acme.id(), "plain");
      fixture.aSpace(fixture.acme, "plain");
      fixture.aCredential("one", "allow both #");

      try (RawMqttClient one = fixture.client("one", "c1")) {
        assertThat(one.subscribe(1, 0, "#")).isEqualTo("00");
        one.expectNothingBeforePong();
      }
    }
  }

  /** MESSAGING section 2: who has more rights is not made to speak where the asker has none. */
  @Test
  void a_response_topic_needs_a_right_of_its_own() {
    fixture.aCredential("asker", "allow both ask/#", "allow subscribe answers/%c/#");
    fixture.aCredential("responder", "allow both #");
    try (RawMqttClient responder = fixture.client("responder", "r");
        RawMqttClient asker = fixture.raw()) {
      assertThat(responder.subscribe(1, 0, "ask/#")).isEqualTo("00");
      asker.connect5(connect("asker", "a"));
      for (String response : List.of("secret/x", "$SYS/x", "answers/other/1")) {
        asker.send(
            RawMqttClient.publish5(
                "ask/1", "refused", 1, 7, new RawMqttClient.Bytes().u8(0x08).text(response)));
        assertThat(asker.expectReason(RawMqttClient.PUBACK, 7)).isEqualTo(0x87);
      }
      asker.send(
          RawMqttClient.publish5(
              "ask/1", "taken", 1, 7, new RawMqttClient.Bytes().u8(0x08).text("answers/a/1")));
      assertThat(asker.expectReason(RawMqttClient.PUBACK, 7)).isZero();
      assertThat(responder.expectPublish().payload()).isEqualTo("taken");
    }
  }

  /** THREATS T30, T37. */
  @Nested
  class SharedGroups {
    @Test
    void of_two_credentials_are_two_groups_even_by_one_name() {
      fixture.aCredential("one", "allow both #");
      fixture.aCredential("two", "allow both #");
      try (RawMqttClient first = fixture.client("one", "c1");
          RawMqttClient other = fixture.client("two", "c2")) {
        assertThat(first.subscribe(1, 0, "$share/g/t/#")).isEqualTo("00");
        assertThat(other.subscribe(1, 0, "$share/g/t/#")).isEqualTo("00");
        for (int i = 0; i < 4; i++) {
          publish(first, "t/" + i, "m" + i);
          assertThat(first.expectPublish().payload()).isEqualTo("m" + i);
          assertThat(other.expectPublish().payload()).isEqualTo("m" + i);
        }
      }
    }

    @Test
    void give_a_member_only_what_its_rules_allow() {
      fixture.aCredential("pool", "allow subscribe devices/%c/#");
      fixture.aCredential("writer", "allow publish #");
      try (RawMqttClient writer = fixture.client("writer", "w");
          RawMqttClient a = fixture.client("pool", "a");
          RawMqttClient b = fixture.client("pool", "b")) {
        assertThat(a.subscribe(1, 0, "$share/g/devices/#")).isEqualTo("00");
        assertThat(b.subscribe(1, 0, "$share/g/devices/#")).isEqualTo("00");
        for (int i = 0; i < 4; i++) {
          publish(writer, "devices/a/t", "of a");
          assertThat(a.expectPublish().payload()).isEqualTo("of a");
        }
        publish(writer, "devices/c/t", "of nobody");
        b.expectNothingBeforePong();
        a.expectNothingBeforePong();
      }
    }

    @Test
    void of_a_filter_that_is_denied_are_refused() {
      fixture.aCredential("pool", "deny subscribe secret/#", "allow subscribe #");
      try (RawMqttClient a = fixture.client("pool", "a")) {
        assertThat(a.subscribe(1, 0, "$share/g/secret/+")).isEqualTo("80");
      }
    }
  }

  @Nested
  class ListenerWithIdentity {
    @Test
    void every_client_is_the_identity_whatever_it_says() {
      fixture.aCredential("open", "allow both shared/#");
      fixture.aCredential("watcher", "allow both #");

      try (RawMqttClient watcher = fixture.client("watcher", "w");
          RawMqttClient nameless = fixture.rawAtOpenDoor();
          RawMqttClient liar = fixture.rawAtOpenDoor();
          RawMqttClient device = fixture.rawAtOpenDoor()) {
        assertThat(watcher.subscribe(1, 0, "#")).isEqualTo("00");
        nameless.login("c1", true);
        liar.login(new Connect("c2").login("acme01/watcher", "nonsense"));
        device.login(new Connect("d:acme01:pump:p1").login("use-token-auth", "nonsense"));
        for (RawMqttClient client : List.of(nameless, liar, device)) {
          publish(client, "private/x", "not allowed");
          publish(client, "shared/x", "allowed");
          assertThat(watcher.expectPublish().payload()).isEqualTo("allowed");
        }
        watcher.expectNothingBeforePong();
      }
    }

    @Test
    void without_its_credential_it_lets_nobody_in() {
      try (RawMqttClient client = fixture.rawAtOpenDoor()) {
        client.send(new Connect("c1").bytes());
        assertThat(client.expectConnAck()).isEqualTo(4);
      }
      fixture.aCredential("open", "allow both #");
      try (RawMqttClient client = fixture.rawAtOpenDoor()) {
        client.login("c1", true);
        fixture.platform.plainSpaces.setEnabled(
            fixture.admin(), fixture.acme.id(), "plain", "open", false);
        client.expectClosed();
      }
      try (RawMqttClient client = fixture.rawAtOpenDoor()) {
        client.send(new Connect("c1").bytes());
        assertThat(client.expectConnAck()).isEqualTo(4);
      }
    }
  }
}
