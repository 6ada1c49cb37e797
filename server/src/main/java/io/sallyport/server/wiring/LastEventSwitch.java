package io.sallyport.server.wiring;

import io.sallyport.platform.tenant.TenantStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * Whether a tenant keeps last events, asked for each event: remembered for some seconds, so that a
 * change takes effect soon and the registry is not asked per event. Thread-safe.
 */
final class LastEventSwitch implements IntPredicate {
  private static final long REMEMBERED_NANOS = 5_000_000_000L;

  private final TenantStore tenants;
  private final LongSupplier nanoTime;
  private final ConcurrentMap<Integer, Answer> answers = new ConcurrentHashMap<>();

  private record Answer(boolean enabled, long readAt) {}

  LastEventSwitch(TenantStore tenants, LongSupplier nanoTime) {
    this.tenants = tenants;
    this.nanoTime = nanoTime;
  }

  @Override
  public boolean test(int tenantNumber) {
    long now = nanoTime.getAsLong();
    Answer known = answers.get(tenantNumber);
    if (known == null || now - known.readAt() > REMEMBERED_NANOS) {
      known =
          new Answer(
              tenants
                  .findByNumber(tenantNumber)
                  .map(tenant -> tenant.settings().lastEventCache())
                  .orElse(false),
              now);
      answers.put(tenantNumber, known);
    }
    return known.enabled();
  }
}
