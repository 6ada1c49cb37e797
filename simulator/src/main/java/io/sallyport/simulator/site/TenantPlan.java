package io.sallyport.simulator.site;

import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.DeviceLogin;
import java.util.List;

/**
 * A tenant that a throw-away installation starts with.
 *
 * @param application its only API key, with the contract's standard role
 * @param plainTransport whether its principals may log in without TLS
 * @param spaces its plain spaces, each with a listener
 */
public record TenantPlan(
    String id,
    String name,
    ApplicationLogin application,
    List<DeviceLogin> devices,
    boolean plainTransport,
    List<SpacePlan> spaces) {
  public TenantPlan(
      String id, String name, ApplicationLogin application, List<DeviceLogin> devices) {
    this(id, name, application, devices, false, List.of());
  }

  public TenantPlan {
    if (!id.matches("[a-z0-9]{6}")) {
      throw new IllegalArgumentException("not a tenant id: " + id);
    }
    devices = List.copyOf(devices);
    spaces = List.copyOf(spaces);
  }
}
