package io.sallyport.platform.space;

import static io.sallyport.platform.base.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Pages;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.SecretHash;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link PlainSpaceStore} must do. */
public interface PlainSpaceStoreContract {
  TenantId ACME = new TenantId("acme01");
  TenantId OTHER = new TenantId("other1");
  Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");

  TenantStore tenants();

  PlainSpaceStore spaces();

  @BeforeEach
  default void createTenants() {
    tenants().create(ACME, "Acme", TenantSettings.DEFAULT, NOW);
    tenants().create(OTHER, "Other", TenantSettings.DEFAULT, NOW);
  }

  private PlainSpace aSpace(TenantId tenant, String name) {
    return spaces()
        .insertSpace(
            new PlainSpace(
                tenant,
                0,
                name,
                PlainSpace.Acknowledge.DURABLE,
                PlainSpace.DeniedPublish.DROP,
                NOW,
                1));
  }

  private static PlainCredential credential(TenantId tenant, String space, String name) {
    return new PlainCredential(
        tenant,
        0,
        space,
        0,
        name,
        Optional.of(new SecretHash("hmac", 3, "c2FsdA:aGFzaA")),
        ClientIdRule.defaultFor(name),
        List.of(AccessRule.parse("deny both z/#"), AccessRule.parse("allow both a b/%c/\"x\"")),
        PlainLimits.DEFAULT,
        true,
        NOW,
        1,
        1);
  }

  private PlainCredential aCredential(TenantId tenant, String space, String name) {
    return spaces().insertCredential(credential(tenant, space, name));
  }

  private static Bridge bridge(TenantId tenant, String space, String name) {
    return new Bridge(
        tenant,
        0,
        space,
        0,
        new Bridge.Plan(
            name,
            Bridge.Direction.TO_EVENT,
            "in/+",
            DeviceKey.of(tenant.value(), "pump", "p1"),
            "state",
            "json"),
        "a-" + tenant + "-abcdefghij",
        Optional.empty(),
        NOW,
        1);
  }

  @Test
  default void an_inserted_space_is_found_by_its_tenant_and_name() {
    PlainSpace space = aSpace(ACME, "plain");

    assertThat(space.number()).isPositive();
    assertThat(spaces().findSpace(ACME, "plain")).contains(space);
    assertThat(spaces().findSpace(ACME, "Plain")).isEmpty();
    assertThat(spaces().findSpace(OTHER, "plain")).isEmpty();
    assertThat(spaces().countSpaces(ACME)).isEqualTo(1);
    assertThat(spaces().countSpaces(OTHER)).isZero();
  }

  @Test
  default void a_space_in_use_is_refused_and_two_tenants_have_two() {
    PlainSpace ours = aSpace(ACME, "plain");

    assertProblem(Problem.Code.ALREADY_EXISTS, () -> aSpace(ACME, "plain"));
    assertThat(aSpace(OTHER, "plain").number()).isNotEqualTo(ours.number());
  }

  @Test
  default void an_update_of_a_space_raises_its_version() {
    PlainSpace space = aSpace(ACME, "plain");

    PlainSpace updated =
        spaces()
            .updateSpace(
                space.with(PlainSpace.Acknowledge.RECEIVED, PlainSpace.DeniedPublish.CLOSE));

    assertThat(updated.acknowledge()).isEqualTo(PlainSpace.Acknowledge.RECEIVED);
    assertThat(updated.deniedPublish()).isEqualTo(PlainSpace.DeniedPublish.CLOSE);
    assertThat(updated.version()).isGreaterThan(space.version());
    assertThat(spaces().findSpace(ACME, "plain")).contains(updated);
  }

  @Test
  default void a_deleted_spaces_number_is_not_given_again() {
    PlainSpace space = aSpace(ACME, "plain");

    assertThat(spaces().deleteSpace(ACME, "plain")).isTrue();
    assertThat(spaces().deleteSpace(ACME, "plain")).isFalse();

    assertThat(aSpace(ACME, "plain").number()).isGreaterThan(space.number());
    assertProblem(Problem.Code.NOT_FOUND, () -> spaces().updateSpace(space));
  }

  @Test
  default void a_space_that_holds_something_is_not_deleted() {
    aSpace(ACME, "plain");
    aCredential(ACME, "plain", "tester");

    assertProblem(Problem.Code.IN_USE, () -> spaces().deleteSpace(ACME, "plain"));

    spaces().deleteCredential(ACME, "tester");
    spaces().insertBridge(bridge(ACME, "plain", "b"));
    assertProblem(Problem.Code.IN_USE, () -> spaces().deleteSpace(ACME, "plain"));
  }

  @Test
  default void spaces_are_listed_by_name() {
    for (String name : List.of("c", "a", "b", "Z")) {
      aSpace(ACME, name);
    }
    aSpace(OTHER, "x");

    assertThat(Pages.all(3, page -> spaces().listSpaces(ACME, page)))
        .extracting(PlainSpace::name)
        .containsExactly("Z", "a", "b", "c");
  }

  @Test
  default void an_inserted_credential_comes_back_whole_with_its_rules_in_order() {
    PlainSpace space = aSpace(ACME, "plain");

    PlainCredential stored = aCredential(ACME, "plain", "tester");

    PlainCredential wanted = credential(ACME, "plain", "tester");
    assertThat(stored)
        .isEqualTo(
            new PlainCredential(
                ACME,
                stored.number(),
                "plain",
                space.number(),
                "tester",
                wanted.password(),
                wanted.clientIds(),
                wanted.rules(),
                wanted.limits(),
                true,
                NOW,
                1,
                1));
    assertThat(spaces().findCredential(ACME, "tester")).contains(stored);
    assertThat(spaces().findCredential(OTHER, "tester")).isEmpty();
    assertThat(spaces().findCredential(ACME, "TESTER")).isEmpty();
  }

  @Test
  default void a_name_is_taken_once_in_a_tenant_whatever_the_space() {
    aSpace(ACME, "plain");
    aSpace(ACME, "second");
    aSpace(OTHER, "plain");
    aCredential(ACME, "plain", "tester");

    assertProblem(Problem.Code.ALREADY_EXISTS, () -> aCredential(ACME, "second", "tester"));
    aCredential(OTHER, "plain", "tester");

    assertThat(spaces().countCredentials(ACME)).isEqualTo(1);
  }

  @Test
  default void a_credential_needs_its_space() {
    aSpace(OTHER, "plain");

    assertProblem(Problem.Code.NOT_FOUND, () -> aCredential(ACME, "plain", "tester"));
  }

  @Test
  default void an_update_replaces_what_may_change_and_counts_what_ends_connections() {
    aSpace(ACME, "plain");
    PlainCredential old = aCredential(ACME, "plain", "tester");

    PlainCredential quiet = spaces().updateCredential(old.withRules(List.of()), false);
    PlainCredential loud =
        spaces()
            .updateCredential(
                quiet
                    .with(new ClientIdRule.Any(), new PlainLimits(1, 2, 3, 4))
                    .withEnabled(false)
                    .withPassword(new SecretHash("argon2id", 4, "other")),
                true);

    assertThat(quiet.rules()).isEmpty();
    assertThat(quiet.version()).isEqualTo(old.version());
    assertThat(quiet.revision()).isGreaterThan(old.revision());
    assertThat(loud.version()).isGreaterThan(quiet.version());
    assertThat(loud.revision()).isGreaterThan(quiet.revision());
    assertThat(loud.clientIds()).isEqualTo(new ClientIdRule.Any());
    assertThat(loud.limits()).isEqualTo(new PlainLimits(1, 2, 3, 4));
    assertThat(loud.enabled()).isFalse();
    assertThat(spaces().findCredential(ACME, "tester")).contains(loud);
  }

  @Test
  default void a_credential_may_have_no_password() {
    aSpace(ACME, "plain");
    PlainCredential with = credential(ACME, "plain", "tester");
    spaces()
        .insertCredential(
            new PlainCredential(
                ACME,
                0,
                "plain",
                0,
                "tester",
                Optional.empty(),
                with.clientIds(),
                with.rules(),
                with.limits(),
                true,
                NOW,
                1,
                1));

    assertThat(spaces().findCredential(ACME, "tester").orElseThrow().password()).isEmpty();
  }

  @Test
  default void a_deleted_credentials_name_is_free_and_its_successor_another() {
    aSpace(ACME, "plain");
    PlainCredential old = aCredential(ACME, "plain", "tester");

    assertThat(spaces().deleteCredential(OTHER, "tester")).isFalse();
    assertThat(spaces().deleteCredential(ACME, "tester")).isTrue();
    assertThat(spaces().deleteCredential(ACME, "tester")).isFalse();
    PlainCredential successor = aCredential(ACME, "plain", "tester");

    assertThat(successor.number()).isGreaterThan(old.number());
    assertProblem(Problem.Code.NOT_FOUND, () -> spaces().updateCredential(old, true));
    assertThat(spaces().findCredential(ACME, "tester")).contains(successor);
  }

  @Test
  default void credentials_are_listed_by_space_and_name() {
    aSpace(ACME, "plain");
    aSpace(ACME, "second");
    for (String name : List.of("c", "a", "b", "d")) {
      aCredential(ACME, "plain", name);
    }
    aCredential(ACME, "second", "x");

    assertThat(Pages.all(3, page -> spaces().listCredentials(ACME, "plain", page)))
        .extracting(PlainCredential::name)
        .containsExactly("a", "b", "c", "d");
    String next =
        spaces().listCredentials(ACME, "plain", PageRequest.first(1)).next().orElseThrow();
    assertProblem(
        Problem.Code.BAD_CURSOR,
        () -> spaces().listCredentials(ACME, "second", PageRequest.first(1).next(next)));
  }

  @Test
  default void a_bridge_comes_back_whole() {
    PlainSpace space = aSpace(ACME, "plain");

    Bridge stored = spaces().insertBridge(bridge(ACME, "plain", "b"));

    assertThat(stored.plan()).isEqualTo(bridge(ACME, "plain", "b").plan());
    assertThat(stored.spaceNumber()).isEqualTo(space.number());
    assertThat(spaces().findBridge(ACME, "plain", "b")).contains(stored);
    assertThat(spaces().findBridge(ACME, "plain", "B")).isEmpty();
    assertProblem(
        Problem.Code.ALREADY_EXISTS, () -> spaces().insertBridge(bridge(ACME, "plain", "b")));
    assertProblem(
        Problem.Code.NOT_FOUND, () -> spaces().insertBridge(bridge(ACME, "nowhere", "b")));
    assertThat(spaces().countBridges(ACME)).isEqualTo(1);
  }

  @Test
  default void a_stopped_bridge_is_not_among_the_running() {
    aSpace(ACME, "plain");
    Bridge first = spaces().insertBridge(bridge(ACME, "plain", "b"));
    Bridge second = spaces().insertBridge(bridge(ACME, "plain", "c"));

    Bridge stopped = spaces().updateBridge(first.withStopped("no right"));

    assertThat(stopped.stopped()).contains("no right");
    assertThat(stopped.version()).isGreaterThan(first.version());
    assertThat(spaces().runningBridges()).containsExactly(second);
    assertThat(spaces().updateBridge(stopped.withAuthor("other")).stopped()).isEmpty();
    assertThat(spaces().runningBridges()).hasSize(2);
  }

  @Test
  default void a_deleted_bridge_is_gone() {
    aSpace(ACME, "plain");
    Bridge old = spaces().insertBridge(bridge(ACME, "plain", "b"));

    assertThat(spaces().deleteBridge(ACME, "plain", "b")).isTrue();
    assertThat(spaces().deleteBridge(ACME, "plain", "b")).isFalse();

    assertThat(Pages.all(3, page -> spaces().listBridges(ACME, "plain", page))).isEmpty();
    assertProblem(Problem.Code.NOT_FOUND, () -> spaces().updateBridge(old));
  }

  @Test
  default void a_deleted_tenant_leaves_none_of_it() {
    aSpace(ACME, "plain");
    aCredential(ACME, "plain", "tester");
    spaces().insertBridge(bridge(ACME, "plain", "b"));

    tenants().delete(ACME, NOW);

    assertThat(spaces().findSpace(ACME, "plain")).isEmpty();
    assertThat(spaces().findCredential(ACME, "tester")).isEmpty();
    assertThat(spaces().runningBridges()).isEmpty();
  }
}
