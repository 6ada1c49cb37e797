package io.sallyport.platform.identity;

import static io.sallyport.platform.testing.PlatformFixture.OPERATOR;
import static io.sallyport.platform.testing.PlatformFixture.anApplication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoleAccessPolicyTest {
  private static final DeviceKey PUMP = DeviceKey.of("acme01", "pump", "p1");
  private static final DeviceKey OTHER = DeviceKey.of("acme01", "pump", "p2");

  private final PlatformFixture platform = new PlatformFixture();
  private final Tenant acme = platform.aTenant("acme01");
  private final Tenant rival = platform.aTenant("rival1");
  private final AccessPolicy policy = platform.policy;

  @AfterEach
  void close() {
    platform.close();
  }

  private static Permission[] allBut(Permission missing) {
    return Arrays.stream(Permission.values())
        .filter(permission -> permission != missing)
        .toArray(Permission[]::new);
  }

  @ParameterizedTest
  @EnumSource(Permission.class)
  void application_may_do_what_it_holds_in_its_own_tenant(Permission permission) {
    Principal application = anApplication(acme, permission);

    assertThat(policy.allows(application, permission, acme.id())).isTrue();
    assertThat(policy.allows(application, permission, PUMP)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Permission.class)
  void application_may_not_do_what_it_does_not_hold(Permission permission) {
    Principal application = anApplication(acme, allBut(permission));

    assertThat(policy.allows(application, permission, acme.id())).isFalse();
    assertThat(policy.allows(application, permission, PUMP)).isFalse();
    assertThatThrownBy(() -> policy.require(application, permission, acme.id()))
        .isInstanceOf(AccessDeniedProblem.class);
    assertThatThrownBy(() -> policy.require(application, permission, PUMP))
        .isInstanceOf(AccessDeniedProblem.class);
  }

  @ParameterizedTest
  @EnumSource(Permission.class)
  void application_may_do_nothing_in_another_tenant(Permission permission) {
    Principal application = anApplication(rival, Permission.values());

    assertThat(policy.allows(application, permission, acme.id())).isFalse();
    assertThat(policy.allows(application, permission, PUMP)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Permission.class)
  void operator_may_do_nothing_inside_a_tenant(Permission permission) {
    assertThat(policy.allows(OPERATOR, permission, acme.id())).isFalse();
    assertThat(policy.allows(OPERATOR, permission, PUMP)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Permission.class)
  void device_may_report_and_read_for_itself_only(Permission permission) {
    Set<Permission> own =
        EnumSet.of(
            Permission.DEVICE_READ,
            Permission.EVENT_READ,
            Permission.EVENT_PUBLISH,
            Permission.COMMAND_READ);
    Principal device = new Principal.Device(PUMP, acme.number(), 1, false);

    assertThat(policy.allows(device, permission, PUMP)).isEqualTo(own.contains(permission));
    assertThat(policy.allows(device, permission, OTHER)).isFalse();
    assertThat(policy.allows(device, permission, acme.id())).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Permission.class)
  void gateway_has_no_right_over_other_devices_by_itself(Permission permission) {
    Principal gateway = new Principal.Device(PUMP, acme.number(), 1, true);

    assertThat(policy.allows(gateway, permission, OTHER)).isFalse();
  }

  @Test
  void device_of_the_same_name_in_another_tenant_is_another_device() {
    Principal device =
        new Principal.Device(DeviceKey.of("rival1", "pump", "p1"), rival.number(), 1, false);

    assertThat(policy.allows(device, Permission.EVENT_READ, PUMP)).isFalse();
  }

  @Test
  void only_operators_are_operators() {
    assertThatCode(() -> policy.requireOperator(OPERATOR)).doesNotThrowAnyException();
    assertThatThrownBy(() -> policy.requireOperator(anApplication(acme, Permission.values())))
        .isInstanceOf(AccessDeniedProblem.class);
    assertThatThrownBy(
            () -> policy.requireOperator(new Principal.Device(PUMP, acme.number(), 1, true)))
        .isInstanceOf(AccessDeniedProblem.class);
  }

  @Test
  void refusal_inside_the_tenant_is_explained_to_the_tenant() {
    assertThatExceptionOfType(AccessDeniedProblem.class)
        .isThrownBy(() ->
            policy.require(
                anApplication(acme, Permission.EVENT_READ), Permission.DEVICE_MANAGE, PUMP))
        .satisfies(refused ->
            assertThat(platform.audit.explain(refused.refusal()))
                .hasValueSatisfying(explanation -> {
                  assertThat(explanation.tenant()).hasValue(acme.id());
                  assertThat(explanation.rule()).isEqualTo("access.permission");
                  assertThat(explanation.fix()).contains("device:manage");
                }));
  }

  @Test
  void refusal_over_a_foreign_tenant_reads_the_same_whether_it_exists_or_not() {
    Principal application = anApplication(acme, Permission.values());

    for (TenantId foreign : new TenantId[] {rival.id(), new TenantId("ghost0")}) {
      assertThatExceptionOfType(AccessDeniedProblem.class)
          .isThrownBy(() -> policy.require(application, Permission.EVENT_READ, foreign))
          .satisfies(refused ->
              assertThat(platform.audit.explain(refused.refusal()))
                  .hasValueSatisfying(explanation -> {
                    assertThat(explanation.tenant()).isEmpty();
                    assertThat(explanation.rule()).isEqualTo("access.tenant");
                  }));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Permission.class,
      names = {"FIRMWARE_INSTALL", "REMOTE_ACCESS", "SHELL_RUN"})
  void firmware_remote_access_and_shell_are_for_administrators_only(Permission permission) {
    assertThat(Role.values())
        .filteredOn(role -> role.permissions().contains(permission))
        .containsExactly(Role.ADMINISTRATOR);
  }
}
