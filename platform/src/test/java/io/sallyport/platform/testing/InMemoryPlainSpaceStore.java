package io.sallyport.platform.testing;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.space.Bridge;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainSpace;
import io.sallyport.platform.space.PlainSpaceStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Plain spaces, their credentials and bridges in memory. */
public final class InMemoryPlainSpaceStore implements PlainSpaceStore {
  private record Name(TenantId tenant, String space, String name) {}

  private static final Comparator<Name> ORDER =
      Comparator.comparing(Name::tenant).thenComparing(Name::space).thenComparing(Name::name);

  private final InMemoryTransactions transactions;
  private final InMemoryTable<Name, PlainSpace> spaces;
  private final InMemoryTable<Name, PlainCredential> credentials;
  private final InMemoryTable<Name, Bridge> bridges;
  private long lastNumber;

  public InMemoryPlainSpaceStore(InMemoryTransactions transactions) {
    this.transactions = transactions;
    this.spaces = new InMemoryTable<>(transactions, ORDER);
    this.credentials = new InMemoryTable<>(transactions, ORDER);
    this.bridges = new InMemoryTable<>(transactions, ORDER);
    transactions.onTenantDeleted(tenant -> {
      bridges.deleteAll(row -> row.getKey().tenant().equals(tenant));
      credentials.deleteAll(row -> row.getKey().tenant().equals(tenant));
      spaces.deleteAll(row -> row.getKey().tenant().equals(tenant));
    });
  }

  private static Name name(TenantId tenant, String name) {
    return new Name(tenant, "", name);
  }

  @Override
  public PlainSpace insertSpace(PlainSpace space) {
    return transactions.write(() -> {
      PlainSpace stored = copy(space, ++lastNumber, space.version());
      spaces.insert(name(space.tenant(), space.name()), stored, "the space");
      return stored;
    });
  }

  private static PlainSpace copy(PlainSpace space, long number, long version) {
    return new PlainSpace(
        space.tenant(),
        number,
        space.name(),
        space.acknowledge(),
        space.deniedPublish(),
        space.created(),
        version);
  }

  @Override
  public Optional<PlainSpace> findSpace(TenantId tenant, String name) {
    return spaces.find(name(tenant, name));
  }

  @Override
  public Optional<PlainSpace> findSpace(long number) {
    return spaces.select(space -> space.number() == number).stream().findFirst();
  }

  @Override
  public Page<PlainSpace> listSpaces(TenantId tenant, PageRequest page) {
    return InMemoryTable.page(
        "spaces " + tenant,
        spaces.select(space -> space.tenant().equals(tenant)),
        PlainSpace::name,
        false,
        page);
  }

  @Override
  public long countSpaces(TenantId tenant) {
    return spaces.count(space -> space.tenant().equals(tenant));
  }

  @Override
  public PlainSpace updateSpace(PlainSpace space) {
    return transactions.write(() -> {
      PlainSpace old =
          findSpace(space.tenant(), space.name())
              .filter(found -> found.number() == space.number())
              .orElseThrow(() -> Problem.notFound("the space"));
      PlainSpace changed = copy(space, old.number(), old.version() + 1);
      spaces.set(name(space.tenant(), space.name()), changed);
      return changed;
    });
  }

  @Override
  public boolean deleteSpace(TenantId tenant, String name) {
    return transactions.write(() -> {
      boolean used =
          credentials.count(row -> row.tenant().equals(tenant) && row.space().equals(name)) > 0
              || bridges.count(row -> row.tenant().equals(tenant) && row.space().equals(name)) > 0;
      if (used) {
        throw new Problem(Problem.Code.IN_USE, "the space is in use").asException();
      }
      return spaces.delete(name(tenant, name));
    });
  }

  @Override
  public PlainCredential insertCredential(PlainCredential credential) {
    return transactions.write(() -> {
      PlainSpace space =
          findSpace(credential.tenant(), credential.space())
              .orElseThrow(() -> Problem.notFound("the space"));
      PlainCredential stored =
          copy(credential, ++lastNumber, space.number(), credential.version(), 1);
      credentials.insert(
          name(credential.tenant(), credential.name()), stored, "the credential's name");
      return stored;
    });
  }

  private static PlainCredential copy(
      PlainCredential credential, long number, long spaceNumber, long version, long revision) {
    return new PlainCredential(
        credential.tenant(),
        number,
        credential.space(),
        spaceNumber,
        credential.name(),
        credential.password(),
        credential.clientIds(),
        credential.rules(),
        credential.limits(),
        credential.enabled(),
        credential.created(),
        version,
        revision);
  }

  @Override
  public Optional<PlainCredential> findCredential(TenantId tenant, String name) {
    return credentials.find(name(tenant, name));
  }

  @Override
  public Optional<PlainCredential> findCredential(long number) {
    return credentials.select(row -> row.number() == number).stream().findFirst();
  }

  @Override
  public Page<PlainCredential> listCredentials(TenantId tenant, String space, PageRequest page) {
    return InMemoryTable.page(
        "credentials " + tenant + " " + space,
        credentials.select(row -> row.tenant().equals(tenant) && row.space().equals(space)),
        PlainCredential::name,
        false,
        page);
  }

  @Override
  public long countCredentials(TenantId tenant) {
    return credentials.count(row -> row.tenant().equals(tenant));
  }

  @Override
  public PlainCredential updateCredential(PlainCredential credential, boolean endsConnections) {
    return transactions.write(() -> {
      PlainCredential old =
          findCredential(credential.tenant(), credential.name())
              .filter(found -> found.number() == credential.number())
              .orElseThrow(() -> Problem.notFound("the credential"));
      PlainCredential changed =
          copy(
              credential,
              old.number(),
              old.spaceNumber(),
              old.version() + (endsConnections ? 1 : 0),
              old.revision() + 1);
      credentials.set(name(credential.tenant(), credential.name()), changed);
      return changed;
    });
  }

  @Override
  public boolean deleteCredential(TenantId tenant, String name) {
    return credentials.delete(name(tenant, name));
  }

  @Override
  public Bridge insertBridge(Bridge bridge) {
    return transactions.write(() -> {
      PlainSpace space =
          findSpace(bridge.tenant(), bridge.space())
              .orElseThrow(() -> Problem.notFound("the space"));
      Bridge stored = copy(bridge, ++lastNumber, space.number(), bridge.version());
      bridges.insert(key(bridge), stored, "the bridge");
      return stored;
    });
  }

  private static Name key(Bridge bridge) {
    return new Name(bridge.tenant(), bridge.space(), bridge.plan().name());
  }

  private static Bridge copy(Bridge bridge, long number, long spaceNumber, long version) {
    return new Bridge(
        bridge.tenant(),
        number,
        bridge.space(),
        spaceNumber,
        bridge.plan(),
        bridge.author(),
        bridge.stopped(),
        bridge.created(),
        version);
  }

  @Override
  public Optional<Bridge> findBridge(TenantId tenant, String space, String name) {
    return bridges.find(new Name(tenant, space, name));
  }

  @Override
  public Page<Bridge> listBridges(TenantId tenant, String space, PageRequest page) {
    return InMemoryTable.page(
        "bridges " + tenant + " " + space,
        bridges.select(row -> row.tenant().equals(tenant) && row.space().equals(space)),
        bridge -> bridge.plan().name(),
        false,
        page);
  }

  @Override
  public long countBridges(TenantId tenant) {
    return bridges.count(row -> row.tenant().equals(tenant));
  }

  @Override
  public List<Bridge> runningBridges() {
    return bridges.select(row -> row.stopped().isEmpty());
  }

  @Override
  public Bridge updateBridge(Bridge bridge) {
    return transactions.write(() -> {
      Bridge old =
          bridges
              .find(key(bridge))
              .filter(found -> found.number() == bridge.number())
              .orElseThrow(() -> Problem.notFound("the bridge"));
      Bridge changed = copy(bridge, old.number(), old.spaceNumber(), old.version() + 1);
      bridges.set(key(bridge), changed);
      return changed;
    });
  }

  @Override
  public boolean deleteBridge(TenantId tenant, String space, String name) {
    return bridges.delete(new Name(tenant, space, name));
  }
}
