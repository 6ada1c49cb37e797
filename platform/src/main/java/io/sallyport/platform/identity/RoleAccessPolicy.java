package io.sallyport.platform.identity;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.Refusal;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The access policy of this product: an application has the permissions of its roles within its own
 * tenant; a device may report, and read what concerns itself; an operator administers the
 * installation and has no right inside a tenant (THREATS T45).
 */
public final class RoleAccessPolicy implements AccessPolicy {
  private static final Set<Permission> OWN_DEVICE =
      EnumSet.of(
          Permission.DEVICE_READ,
          Permission.EVENT_READ,
          Permission.EVENT_PUBLISH,
          Permission.COMMAND_READ);

  private final AuditLog audit;

  public RoleAccessPolicy(AuditLog audit) {
    this.audit = audit;
  }

  @Override
  public boolean allows(Principal principal, Permission permission, TenantId tenant) {
    return switch (principal) {
      case Principal.Application application ->
          application.tenant().equals(tenant) && application.permissions().contains(permission);
      case Principal.Device device -> false;
      case Principal.PlainClient client -> false;
      case Principal.Operator operator -> false;
    };
  }

  @Override
  public boolean allows(Principal principal, Permission permission, DeviceKey device) {
    return switch (principal) {
      case Principal.Application application -> allows(application, permission, device.tenant());
      // What a gateway may do for devices behind it is its contract's matter (THREATS T33).
      case Principal.Device self -> self.key().equals(device) && OWN_DEVICE.contains(permission);
      case Principal.PlainClient client -> false;
      case Principal.Operator operator -> false;
    };
  }

  @Override
  public void require(Principal principal, Permission permission, TenantId tenant) {
    if (!allows(principal, permission, tenant)) {
      throw refusal(principal, permission, tenant, tenant.value());
    }
  }

  @Override
  public void require(Principal principal, Permission permission, DeviceKey device) {
    if (!allows(principal, permission, device)) {
      throw refusal(principal, permission, device.tenant(), device.toString());
    }
  }

  private AccessDeniedProblem refusal(
      Principal principal, Permission permission, TenantId tenant, String target) {
    boolean inside = principal instanceof Principal.OfTenant own && own.tenant().equals(tenant);
    // A check without look-ups can't know whether a foreign tenant exists: what its name owns is
    // the operator's to see (THREATS T47).
    Optional<TenantId> owner = inside ? Optional.of(tenant) : Optional.empty();
    RefusalId id =
        audit.refused(
            new Refusal(
                owner,
                principal.auditName(),
                "access.refused",
                target,
                principal.auditName() + " " + permission.text(),
                inside ? "access.permission" : "access.tenant",
                inside
                    ? principal.auditName() + " has no permission " + permission.text()
                    : principal.auditName() + " asked for something outside its own tenant",
                inside
                    ? "Give it a role with " + permission.text() + ", if it may do this."
                    : "Use a credential of the tenant that is meant.",
                Map.of("permission", permission.text())));
    return new AccessDeniedProblem(id);
  }

  @Override
  public void requireOperator(Principal principal) {
    if (!(principal instanceof Principal.Operator)) {
      Optional<TenantId> owner = Optional.empty();
      throw new AccessDeniedProblem(
          audit.refused(
              new Refusal(
                  owner,
                  principal.auditName(),
                  "access.refused",
                  "installation",
                  principal.auditName(),
                  "access.operator",
                  principal.auditName() + " is no operator of this installation",
                  "Use an operator key.",
                  Map.of())));
    }
  }
}
