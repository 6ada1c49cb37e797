package io.sallyport.platform.testing;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceCredential;
import io.sallyport.platform.device.DeviceQuery;
import io.sallyport.platform.device.DeviceStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Devices and their tokens in memory. */
public final class InMemoryDeviceStore implements DeviceStore {
  private final InMemoryTransactions transactions;
  private final InMemoryDeviceTypeStore types;
  private final InMemoryTable<DeviceKey, Device> devices;
  private final InMemoryTable<Long, DeviceCredential> credentials;
  private long lastNumber;

  public InMemoryDeviceStore(InMemoryTransactions transactions, InMemoryDeviceTypeStore types) {
    this.transactions = transactions;
    this.types = types;
    this.devices =
        new InMemoryTable<>(
            transactions,
            Comparator.comparing(DeviceKey::tenant)
                .thenComparing(DeviceKey::type)
                .thenComparing(DeviceKey::id));
    this.credentials = new InMemoryTable<>(transactions, Comparator.naturalOrder());
    types.inUse((tenant, type) ->
        devices.count(
                device -> device.key().tenant().equals(tenant) && device.key().type().equals(type))
            > 0);
    transactions.onTenantDeleted(tenant ->
        devices
            .select(device -> device.key().tenant().equals(tenant))
            .forEach(device -> delete(device.key())));
  }

  @Override
  public Device insert(Device device) {
    return transactions.write(() -> {
      if (types.find(device.key().tenant(), device.key().type()).isEmpty()) {
        throw Problem.notFound("the device type");
      }
      Device stored = copy(device, ++lastNumber, device.version(), device.gateway());
      devices.insert(device.key(), stored, "the device");
      return stored;
    });
  }

  private static Device copy(
      Device device, long number, long version, Optional<DeviceKey> gateway) {
    return new Device(
        device.key(),
        number,
        device.deviceClass(),
        gateway,
        device.info(),
        device.metadata(),
        device.enabled(),
        device.alertEnabled(),
        device.registeredBy(),
        device.registered(),
        device.updated(),
        version);
  }

  @Override
  public Optional<Device> find(DeviceKey key) {
    return devices.find(key);
  }

  @Override
  public Optional<Device> findByNumber(long number) {
    return devices.select(device -> device.number() == number).stream().findFirst();
  }

  @Override
  public Page<Device> list(TenantId tenant, DeviceQuery query, PageRequest page) {
    return InMemoryTable.page(
        "devices " + tenant + " " + query,
        matching(tenant, query),
        device -> place(device, query.sort()),
        query.descending(),
        page);
  }

  private static String place(Device device, DeviceQuery.Sort sort) {
    // U+0000 comes before every character of an id, so that a shorter id comes first.
    String key = device.key().type() + "\0" + device.key().id();
    return switch (sort) {
      case KEY -> key;
      case DEVICE_ID -> device.key().id() + "\0" + key;
      case REGISTERED -> InMemoryTable.place(device.registered().toEpochMilli()) + "\0" + key;
    };
  }

  private List<Device> matching(TenantId tenant, DeviceQuery query) {
    return devices.select(device ->
        device.key().tenant().equals(tenant)
            && (query.type().isEmpty() || query.type().get().equals(device.key().type()))
            && (query.gateway().isEmpty() || query.gateway().equals(device.gateway())));
  }

  @Override
  public long count(TenantId tenant, DeviceQuery query) {
    return matching(tenant, query).size();
  }

  @Override
  public Device update(Device device, boolean raiseVersion) {
    return transactions.write(() -> {
      Device old = devices.find(device.key()).orElseThrow(() -> Problem.notFound("the device"));
      Device changed =
          new Device(
              old.key(),
              old.number(),
              old.deviceClass(),
              device.gateway(),
              device.info(),
              device.metadata(),
              device.enabled(),
              device.alertEnabled(),
              old.registeredBy(),
              old.registered(),
              device.updated(),
              raiseVersion ? old.version() + 1 : old.version());
      devices.set(old.key(), changed);
      return changed;
    });
  }

  @Override
  public boolean delete(DeviceKey key) {
    return transactions.write(() -> {
      devices.find(key).ifPresent(device -> credentials.delete(device.number()));
      devices
          .select(child -> child.gateway().equals(Optional.of(key)))
          .forEach(child ->
              devices.set(
                  child.key(), copy(child, child.number(), child.version(), Optional.empty())));
      return devices.delete(key);
    });
  }

  @Override
  public DeviceCredential putCredential(DeviceCredential credential) {
    return transactions.write(() -> {
      if (findByNumber(credential.deviceNumber()).isEmpty()) {
        throw Problem.notFound("the device");
      }
      long version =
          credentials.find(credential.deviceNumber()).map(DeviceCredential::version).orElse(0L) + 1;
      DeviceCredential stored =
          new DeviceCredential(
              credential.deviceNumber(), credential.token(), credential.created(), version);
      credentials.set(credential.deviceNumber(), stored);
      return stored;
    });
  }

  @Override
  public Optional<DeviceCredential> findCredential(long deviceNumber) {
    return credentials.find(deviceNumber);
  }
}
