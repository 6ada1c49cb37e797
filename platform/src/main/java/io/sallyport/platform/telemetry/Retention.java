package io.sallyport.platform.telemetry;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies every tenant's retention by time and by bytes. One run looks at all tenants; schedule it
 * every {@link #INTERVAL} on a thread that may block. A tenant that fails doesn't hold up others.
 */
public final class Retention implements Runnable {
  public static final Duration INTERVAL = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final TenantStore tenants;
  private final TelemetryStore store;
  private final Clock clock;

  public Retention(TenantStore tenants, TelemetryStore store, Clock clock) {
    this.tenants = tenants;
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void run() {
    try {
      PageRequest request = PageRequest.first(PageRequest.LIMIT_MAX);
      Page<Tenant> page = tenants.list(request);
      page.items().forEach(this::apply);
      Optional<String> next = page.next();
      while (next.isPresent()) {
        page = tenants.list(request.next(next.get()));
        page.items().forEach(this::apply);
        next = page.next();
      }
    } catch (ProblemException failing) {
      LOG.warn("Retention could not list the tenants; it is tried again: {}", failing.getMessage());
    }
  }

  private void apply(Tenant tenant) {
    TenantSettings settings = tenant.settings();
    long notBefore = Math.max(0, clock.instant().minus(settings.retentionAge()).toEpochMilli());
    try {
      store.retain(tenant.number(), notBefore, settings.retentionBytesMax());
    } catch (ProblemException failing) {
      LOG.warn(
          "Retention of tenant {} failed; it is tried again: {}",
          tenant.id(),
          failing.getMessage());
    }
  }
}
