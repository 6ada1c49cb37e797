package io.sallyport.platform.identity;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import java.util.Set;

/**
 * Who is speaking, settled once at CONNECT or at the HTTP filter from a verified credential.
 * Nothing behind the edge takes a tenant or a device from a client's text.
 */
public sealed interface Principal {
  /** How audit records and logs name this principal. */
  String auditName();

  /** A principal inside one tenant. */
  sealed interface OfTenant extends Principal {
    TenantId tenant();

    int tenantNumber();
  }

  /**
   * A device or gateway.
   *
   * @param deviceNumber internal number, never reused
   * @param gateway whether it may speak for devices behind it
   */
  record Device(DeviceKey key, int tenantNumber, long deviceNumber, boolean gateway)
      implements OfTenant {
    @Override
    public TenantId tenant() {
      return key.tenant();
    }

    @Override
    public String auditName() {
      return (gateway ? "gateway:" : "device:") + key.type() + "/" + key.id();
    }
  }

  /** An application, speaking with an API key. */
  record Application(TenantId tenant, int tenantNumber, String apiKey, Set<Permission> permissions)
      implements OfTenant {
    public Application {
      permissions = Set.copyOf(permissions);
    }

    @Override
    public String auditName() {
      return "key:" + apiKey;
    }
  }

  /**
   * A client of a plain space. What it may do there its credential's access rules say; it holds no
   * permission outside.
   *
   * @param spaceNumber and {@code credentialNumber}: internal numbers, never reused
   */
  record PlainClient(
      TenantId tenant,
      int tenantNumber,
      String space,
      long spaceNumber,
      String credential,
      long credentialNumber)
      implements OfTenant {
    @Override
    public String auditName() {
      return "plain:" + credential;
    }
  }

  /** An operator of the installation: no right to any tenant's data (THREATS T45). */
  record Operator(String key) implements Principal {
    @Override
    public String auditName() {
      return "operator:" + key;
    }
  }
}
