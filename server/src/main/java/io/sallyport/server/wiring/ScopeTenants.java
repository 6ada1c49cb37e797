package io.sallyport.server.wiring;

import io.sallyport.mqtt.Scope;
import io.sallyport.plain.PlainMessaging;
import io.sallyport.platform.space.PlainSpace;
import io.sallyport.platform.space.PlainSpaceStore;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/**
 * Whose scope of the engine it is, by the tenant's internal number: scopes of the Watson contract
 * bear it, a plain space belongs to one tenant for life, so it is looked up once. Thread-safe.
 */
final class ScopeTenants implements ToIntFunction<Scope> {
  /** Of no tenant. */
  private static final int NONE = 0;

  private final PlainSpaceStore spaces;
  private final TenantStore tenants;
  private final Map<Long, Integer> bySpace = new ConcurrentHashMap<>();

  ScopeTenants(PlainSpaceStore spaces, TenantStore tenants) {
    this.spaces = spaces;
    this.tenants = tenants;
  }

  @Override
  public int applyAsInt(Scope scope) {
    if (!PlainMessaging.owns(scope)) {
      return Math.toIntExact(scope.number());
    }
    Integer known = bySpace.get(scope.number());
    if (known != null) {
      return known;
    }
    Optional<Integer> found =
        spaces
            .findSpace(scope.number())
            .map(PlainSpace::tenant)
            .flatMap(tenants::find)
            .map(Tenant::number);
    found.ifPresent(number -> bySpace.put(scope.number(), number));
    return found.orElse(NONE);
  }
}
