package io.sallyport.simulator.demo;

import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.Secret;
import io.sallyport.simulator.site.TenantPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Who takes part, with fresh tokens: a tenant with its fleet and an application, two devices for
 * the guard's proofs, and another tenant that must see nothing.
 *
 * @param fleet the devices that report
 * @param probe a device that the proofs misuse
 * @param condemned a device that the proofs revoke
 */
record Cast(
    ApplicationLogin application,
    ApplicationLogin stranger,
    List<DeviceLogin> fleet,
    DeviceLogin probe,
    DeviceLogin condemned) {
  static final String TENANT = "acme01";
  static final String OTHER_TENANT = "globex";
  static final String ROOM_TYPE = "room";
  private static final String PROBE_TYPE = "probe";
  private static final String KEY_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

  Cast {
    fleet = List.copyOf(fleet);
  }

  static Cast of(int devices, RandomGenerator random) {
    List<DeviceLogin> fleet = new ArrayList<>();
    for (int i = 1; i <= devices; i++) {
      fleet.add(new DeviceLogin(ROOM_TYPE, "room-%04d".formatted(i), Secret.random(random)));
    }
    return new Cast(
        application(TENANT, random),
        application(OTHER_TENANT, random),
        fleet,
        new DeviceLogin(PROBE_TYPE, "probe-1", Secret.random(random)),
        new DeviceLogin(PROBE_TYPE, "probe-2", Secret.random(random)));
  }

  List<TenantPlan> tenants() {
    List<DeviceLogin> devices = new ArrayList<>(fleet);
    devices.add(probe);
    devices.add(condemned);
    return List.of(
        new TenantPlan(TENANT, "Acme", application, devices),
        new TenantPlan(OTHER_TENANT, "Globex", stranger, List.of()));
  }

  private static ApplicationLogin application(String tenant, RandomGenerator random) {
    StringBuilder key = new StringBuilder("a-" + tenant + "-");
    for (int i = 0; i < 10; i++) {
      key.append(KEY_LETTERS.charAt(random.nextInt(KEY_LETTERS.length())));
    }
    return new ApplicationLogin(key.toString(), Secret.random(random));
  }
}
