package io.sallyport.platform.telemetry;

import static io.sallyport.platform.telemetry.TestEvents.anEvent;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.platform.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private final SettableClock clock = new SettableClock(Instant.ofEpochMilli(1_000_000_000));
  private final InMemoryTelemetryStore store = new InMemoryTelemetryStore(_ -> true);

  private static Tenant tenant(int number, Duration age, long bytesMax) {
    return new Tenant(
        new TenantId("t0000" + number),
        number,
        "Tenant",
        TenantStatus.ACTIVE,
        new TenantSettings(age, bytesMax, false, 7, false),
        Instant.EPOCH,
        Instant.EPOCH,
        1);
  }

  @Test
  void each_tenants_own_settings_apply_on_every_page_of_tenants() {
    long now = clock.millis();
    for (int tenant = 1; tenant <= 3; tenant++) {
      store.append(
          List.of(
              anEvent().inTenant(tenant).at(now - 7_200_000).build(),
              anEvent().inTenant(tenant).at(now - 60_000).build()));
    }
    new Retention(
            new OneTenantPerPage(
                List.of(
                    tenant(1, Duration.ofHours(1), Long.MAX_VALUE),
                    tenant(2, Duration.ofHours(3), Long.MAX_VALUE),
                    tenant(3, Duration.ofHours(3), 150))),
            store,
            clock)
        .run();
    assertThat(store.read(1, 0, 10)).hasSize(1);
    assertThat(store.read(2, 0, 10)).hasSize(2);
    assertThat(store.read(3, 0, 10)).hasSize(1);
  }

  /** Lists tenants one at a time; retention needs nothing else of the store. */
  private record OneTenantPerPage(List<Tenant> tenants) implements TenantStore {
    @Override
    public Page<Tenant> list(PageRequest page) {
      int at = page.after().map(Integer::parseInt).orElse(0);
      Optional<String> next =
          at + 1 < tenants.size() ? Optional.of(Integer.toString(at + 1)) : Optional.empty();
      return new Page<>(List.of(tenants.get(at)), next);
    }

    @Override
    public Tenant create(TenantId id, String name, TenantSettings settings, Instant now) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Tenant> find(TenantId id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Tenant> findByNumber(int number) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Tenant update(
        TenantId id, String name, TenantStatus status, TenantSettings settings, Instant now) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean retire(TenantId id, Instant now) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void delete(TenantId id, Instant now) {
      throw new UnsupportedOperationException();
    }
  }
}
