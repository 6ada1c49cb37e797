package io.sallyport.platform.device;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The live connections of this process, in maps by what they rest on. Lock-free for readers. */
public final class ConcurrentLiveConnections implements LiveConnections {
  private static final Logger LOG = LoggerFactory.getLogger(ConcurrentLiveConnections.class);

  /** What a connection rests on; each is a reason to close it. */
  private sealed interface Ground {
    record OfTenant(TenantId tenant) implements Ground {}

    record OfDevice(DeviceKey device) implements Ground {}

    record OfApiKey(TenantId tenant, String key) implements Ground {}

    record OfPlainCredential(TenantId tenant, String credential) implements Ground {}

    record OfOperator(String key) implements Ground {}
  }

  private final Map<Ground, Set<Entry>> connections = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();

  /** One registration; equal only to itself, so that a connection may be registered twice. */
  private final class Entry implements Registration {
    private final LiveConnection connection;
    private final List<Ground> grounds;
    private final AtomicInteger open = new AtomicInteger(1);

    Entry(LiveConnection connection) {
      this.connection = connection;
      this.grounds = grounds(connection.principal());
    }

    @Override
    public void close() {
      if (open.getAndSet(0) == 1) {
        grounds.forEach(ground -> remove(ground, this));
        count.decrementAndGet();
      }
    }
  }

  private static List<Ground> grounds(Principal principal) {
    return switch (principal) {
      case Principal.Device device ->
          List.of(new Ground.OfTenant(device.tenant()), new Ground.OfDevice(device.key()));
      case Principal.Application application ->
          List.of(
              new Ground.OfTenant(application.tenant()),
              new Ground.OfApiKey(application.tenant(), application.apiKey()));
      case Principal.PlainClient client ->
          List.of(
              new Ground.OfTenant(client.tenant()),
              new Ground.OfPlainCredential(client.tenant(), client.credential()));
      case Principal.Operator operator -> List.of(new Ground.OfOperator(operator.key()));
    };
  }

  @Override
  public Registration register(LiveConnection connection) {
    Entry entry = new Entry(connection);
    count.incrementAndGet();
    entry.grounds.forEach(ground -> add(ground, entry));
    return entry;
  }

  /** Adding and removing of one ground's set exclude each other, so that no set is lost. */
  private void add(Ground ground, Entry entry) {
    connections.compute(
        ground,
        (key, entries) -> {
          Set<Entry> set = entries == null ? ConcurrentHashMap.newKeySet() : entries;
          set.add(entry);
          return set;
        });
  }

  private void remove(Ground ground, Entry entry) {
    connections.computeIfPresent(
        ground,
        (key, entries) -> {
          entries.remove(entry);
          return entries.isEmpty() ? null : entries;
        });
  }

  @Override
  public void closeTenant(TenantId tenant) {
    closeAll(new Ground.OfTenant(tenant));
  }

  @Override
  public void closeDevice(DeviceKey device) {
    closeAll(new Ground.OfDevice(device));
  }

  @Override
  public void closeApiKey(TenantId tenant, String apiKey) {
    closeAll(new Ground.OfApiKey(tenant, apiKey));
  }

  @Override
  public void closePlainCredential(TenantId tenant, String credential) {
    closeAll(new Ground.OfPlainCredential(tenant, credential));
  }

  @Override
  public void closeOperator(String operatorKey) {
    closeAll(new Ground.OfOperator(operatorKey));
  }

  private void closeAll(Ground ground) {
    Set<Entry> entries = connections.get(ground);
    if (entries == null) {
      return;
    }
    for (Entry entry : new ArrayList<>(entries)) {
      try {
        entry.connection.closeRevoked();
      } catch (RuntimeException e) {
        // One that fails must not keep the others open.
        LOG.error("Closing a revoked connection failed", e);
      }
    }
  }

  @Override
  public boolean isConnected(DeviceKey device) {
    return connections.getOrDefault(new Ground.OfDevice(device), Set.of()).stream()
        .anyMatch(entry -> !(entry.connection instanceof LiveRequest));
  }

  @Override
  public Optional<ConnectionDetails> connection(DeviceKey device) {
    return connections.getOrDefault(new Ground.OfDevice(device), Set.of()).stream()
        .flatMap(entry -> entry.connection.details().stream())
        .max(Comparator.comparing(ConnectionDetails::since));
  }

  @Override
  public int count() {
    return count.get();
  }
}
