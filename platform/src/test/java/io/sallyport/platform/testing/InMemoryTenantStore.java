package io.sallyport.platform.testing;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** Tenants in memory. Deleting one empties the other stores of the same transactions. */
public final class InMemoryTenantStore implements TenantStore {
  private final InMemoryTransactions transactions;
  private final InMemoryTable<TenantId, Tenant> tenants;
  private final InMemoryTable<TenantId, Integer> numbers;
  private int lastNumber;

  public InMemoryTenantStore(InMemoryTransactions transactions) {
    this.transactions = transactions;
    this.tenants = new InMemoryTable<>(transactions, Comparator.naturalOrder());
    this.numbers = new InMemoryTable<>(transactions, Comparator.naturalOrder());
  }

  @Override
  public Tenant create(TenantId id, String name, TenantSettings settings, Instant now) {
    return transactions.write(() -> {
      int number = ++lastNumber;
      numbers.insert(id, number, "the tenant");
      Tenant tenant = new Tenant(id, number, name, TenantStatus.ACTIVE, settings, now, now, 1);
      tenants.insert(id, tenant, "the tenant");
      return tenant;
    });
  }

  @Override
  public Optional<Tenant> find(TenantId id) {
    return tenants.find(id);
  }

  @Override
  public Optional<Tenant> findByNumber(int number) {
    return tenants.select(tenant -> tenant.number() == number).stream().findFirst();
  }

  @Override
  public Page<Tenant> list(PageRequest page) {
    return InMemoryTable.page(
        "tenants", tenants.select(tenant -> true), tenant -> tenant.id().value(), false, page);
  }

  @Override
  public Tenant update(
      TenantId id, String name, TenantStatus status, TenantSettings settings, Instant now) {
    return transactions.write(() -> {
      Tenant old = tenants.find(id).orElseThrow(() -> Problem.notFound("the tenant"));
      Tenant changed =
          new Tenant(
              id, old.number(), name, status, settings, old.created(), now, old.version() + 1);
      tenants.set(id, changed);
      return changed;
    });
  }

  @Override
  public void delete(TenantId id, Instant now) {
    transactions.run(() -> {
      if (tenants.delete(id)) {
        transactions.tenantDeleted(id);
      }
    });
  }

  @Override
  public boolean retire(TenantId id, Instant now) {
    return transactions.write(() -> {
      if (numbers.find(id).isPresent()) {
        return false;
      }
      numbers.insert(id, ++lastNumber, "the tenant");
      return true;
    });
  }
}
