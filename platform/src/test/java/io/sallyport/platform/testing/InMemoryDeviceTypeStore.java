package io.sallyport.platform.testing;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.DeviceType;
import io.sallyport.platform.device.DeviceTypeStore;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Device types in memory. */
public final class InMemoryDeviceTypeStore implements DeviceTypeStore {
  private final InMemoryTransactions transactions;
  private final InMemoryTable<Key, DeviceType> types;
  private BiPredicate<TenantId, TypeId> inUse = (tenant, type) -> false;

  private record Key(TenantId tenant, TypeId type) {}

  public InMemoryDeviceTypeStore(InMemoryTransactions transactions) {
    this.transactions = transactions;
    this.types =
        new InMemoryTable<>(
            transactions, Comparator.comparing(Key::tenant).thenComparing(Key::type));
    transactions.onTenantDeleted(
        tenant -> types.deleteAll(row -> row.getKey().tenant().equals(tenant)));
  }

  /** The device store says which types have devices. */
  void inUse(BiPredicate<TenantId, TypeId> test) {
    this.inUse = test;
  }

  @Override
  public void insert(DeviceType type) {
    types.insert(new Key(type.tenant(), type.id()), type, "the device type");
  }

  @Override
  public Optional<DeviceType> find(TenantId tenant, TypeId id) {
    return types.find(new Key(tenant, id));
  }

  @Override
  public Page<DeviceType> list(TenantId tenant, boolean descending, PageRequest page) {
    return InMemoryTable.page(
        "types " + tenant,
        types.select(type -> type.tenant().equals(tenant)),
        type -> type.id().value(),
        descending,
        page);
  }

  @Override
  public long count(TenantId tenant) {
    return types.count(type -> type.tenant().equals(tenant));
  }

  @Override
  public DeviceType update(DeviceType type) {
    return transactions.write(() -> {
      Key key = new Key(type.tenant(), type.id());
      DeviceType old = types.find(key).orElseThrow(() -> Problem.notFound("the device type"));
      DeviceType changed =
          new DeviceType(
              old.tenant(),
              old.id(),
              old.deviceClass(),
              type.description(),
              type.info(),
              type.metadata(),
              old.created(),
              type.updated());
      types.set(key, changed);
      return changed;
    });
  }

  @Override
  public boolean delete(TenantId tenant, TypeId id) {
    return transactions.write(() -> {
      if (inUse.test(tenant, id)) {
        throw new Problem(Problem.Code.IN_USE, "the device type has devices").asException();
      }
      return types.delete(new Key(tenant, id));
    });
  }
}
