package io.sallyport.platform.testing;

import io.sallyport.platform.audit.AuditLimits;
import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.audit.ChainedAuditLog;
import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.command.CommandDispatcher;
import io.sallyport.platform.command.CommandLimits;
import io.sallyport.platform.command.InProcessCommandFeed;
import io.sallyport.platform.command.StoredCommandService;
import io.sallyport.platform.device.ConcurrentLiveConnections;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceInfo;
import io.sallyport.platform.device.DeviceRegistration;
import io.sallyport.platform.device.DeviceRevocations;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.device.RevocationReplay;
import io.sallyport.platform.device.StoredDeviceRegistry;
import io.sallyport.platform.device.StoredTenants;
import io.sallyport.platform.device.ThrottledDeviceAuthenticator;
import io.sallyport.platform.identity.ArgonCost;
import io.sallyport.platform.identity.AuditedApiKeys;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialCheck;
import io.sallyport.platform.identity.HashCount;
import io.sallyport.platform.identity.HashKeyRing;
import io.sallyport.platform.identity.HashKeys;
import io.sallyport.platform.identity.HashQueue;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.KnownAddresses;
import io.sallyport.platform.identity.LoginAudit;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.LoginThrottle;
import io.sallyport.platform.identity.OperatorKeys;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.identity.RoleAccessPolicy;
import io.sallyport.platform.identity.SecretHasher;
import io.sallyport.platform.identity.ThrottledKeyAuthenticator;
import io.sallyport.platform.identity.TokenGenerator;
import io.sallyport.platform.space.BridgeRights;
import io.sallyport.platform.space.PlainRevocations;
import io.sallyport.platform.space.StoredPlainSpaces;
import io.sallyport.platform.space.ThrottledPlainAuthenticator;
import io.sallyport.platform.tenant.SettingStore;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * The whole domain over in-memory stores, wired as the server wires it, with a settable clock and a
 * cheap Argon2. Close it: it has threads.
 *
 * <pre>{@code
 * try (PlatformFixture platform = new PlatformFixture()) {
 *   Tenant acme = platform.aTenant("acme01");
 *   RegisteredDevice pump = platform.aDevice(acme).ofType("pump").withId("p1").register();
 *   IssuedApiKey app = platform.anApiKey(acme, Role.STANDARD_APPLICATION);
 * }
 * }</pre>
 */
public final class PlatformFixture implements AutoCloseable {
  /** What acts in the builders. */
  public static final Principal.Operator OPERATOR = new Principal.Operator("o-fixture000");

  public final SettableClock clock = new SettableClock();
  public final SecureRandom random = new SecureRandom();
  public final InMemoryTransactions transactions;
  public final InMemoryTenantStore tenantStore;
  public final InMemoryAuditStore auditStore;
  public final InMemoryApiKeyStore apiKeyStore;
  public final InMemoryOperatorKeyStore operatorKeyStore;
  public final InMemoryDeviceTypeStore deviceTypeStore;
  public final InMemoryDeviceStore deviceStore;
  public final InMemoryCommandStore commandStore;
  public final InMemoryPlainSpaceStore plainSpaceStore;
  public final InMemoryTenantKeys tenantKeys = new InMemoryTenantKeys();
  public final InMemoryRevocationJournal journal = new InMemoryRevocationJournal(clock);
  public final RevocationsUnderway underway = new RevocationsUnderway(journal);
  public final ChainedAuditLog audit;
  public final RoleAccessPolicy policy;
  public final HashQueue hashQueue;
  public final SecretHasher hasher;

  /** What {@link #hashKeyRing} is told of the stored hashes; one device's token to begin with. */
  public final List<HashCount> storedHashes =
      new CopyOnWriteArrayList<>(List.of(new HashCount("devices", "hmac", 1, 1)));

  public final HashKeyRing hashKeyRing;
  public final TokenGenerator tokens = new TokenGenerator(random);
  public final InMemoryKnownAddressStore knownAddressStore = new InMemoryKnownAddressStore();
  public final LoginThrottle throttle =
      new LoginThrottle(clock, List.of(), new KnownAddresses(knownAddressStore, tenantKeys, clock));
  public final CredentialCheck credentialCheck;
  public final ConcurrentLiveConnections connections = new ConcurrentLiveConnections();
  public final ThrottledKeyAuthenticator keyAuthenticator;
  public final AuditedApiKeys apiKeys;
  public final OperatorKeys operatorKeys;
  public final DeviceRevocations deviceRevocations = new DeviceRevocations(connections);
  public final StoredTenants tenants;
  public final StoredDeviceRegistry registry;
  public final ThrottledDeviceAuthenticator deviceAuthenticator;
  public final CommandDispatcher dispatcher;
  public final InProcessCommandFeed commandFeed = new InProcessCommandFeed();
  public final StoredCommandService commands;
  public final ThrottledPlainAuthenticator plainAuthenticator;
  public final StoredPlainSpaces plainSpaces;

  /** Submitted transactions and deliveries run on the caller's thread. */
  public PlatformFixture() {
    this(Runnable::run);
  }

  /**
   * @param executor runs submitted transactions and deliveries
   */
  public PlatformFixture(Executor executor) {
    transactions = new InMemoryTransactions(executor);
    tenantStore = new InMemoryTenantStore(transactions);
    auditStore = new InMemoryAuditStore(transactions);
    apiKeyStore = new InMemoryApiKeyStore(transactions);
    operatorKeyStore = new InMemoryOperatorKeyStore(transactions);
    deviceTypeStore = new InMemoryDeviceTypeStore(transactions);
    deviceStore = new InMemoryDeviceStore(transactions, deviceTypeStore);
    commandStore = new InMemoryCommandStore(transactions);
    plainSpaceStore = new InMemoryPlainSpaceStore(transactions);
    audit =
        new ChainedAuditLog(
            auditStore,
            transactions,
            tenantStore,
            clock,
            random,
            AuditLimits.DEFAULT,
            task -> new Thread(task, "audit-writer"));
    policy = new RoleAccessPolicy(audit);
    hashQueue = new HashQueue(1, 100, task -> new Thread(task, "hash"));
    SettingStore settings = new InMemorySettingStore();
    HashKeys hashKeys = HashKeyRing.load(tenantKeys, settings);
    hashKeyRing =
        new HashKeyRing(
            hashKeys, () -> storedHashes, settings, transactions, policy, audit, journal, underway);
    hasher = new SecretHasher(hashKeys, new ArgonCost(64, 1, 1), random, hashQueue);
    credentialCheck = new CredentialCheck(throttle, hasher, clock, random);
    LoginAudit loginAudit = new LoginAudit(audit, clock);
    keyAuthenticator =
        new ThrottledKeyAuthenticator(
            tenantStore,
            apiKeyStore,
            operatorKeyStore,
            transactions,
            credentialCheck,
            loginAudit,
            hashKeys);
    apiKeys =
        new AuditedApiKeys(
            apiKeyStore,
            tenantStore,
            transactions,
            policy,
            audit,
            journal,
            underway,
            hasher,
            tokens,
            List.of(connections::closeApiKey),
            clock);
    operatorKeys =
        new OperatorKeys(
            operatorKeyStore,
            transactions,
            policy,
            audit,
            journal,
            underway,
            hasher,
            tokens,
            connections::closeOperator,
            clock);
    tenants =
        new StoredTenants(
            tenantStore,
            tenantKeys,
            transactions,
            policy,
            audit,
            journal,
            underway,
            connections,
            tokens,
            clock);
    registry =
        new StoredDeviceRegistry(
            deviceTypeStore,
            deviceStore,
            transactions,
            policy,
            audit,
            journal,
            underway,
            hasher,
            tokens,
            deviceRevocations,
            clock);
    deviceAuthenticator =
        new ThrottledDeviceAuthenticator(
            tenantStore, deviceStore, transactions, credentialCheck, loginAudit);
    dispatcher =
        new CommandDispatcher(commandStore, transactions, CommandLimits.DEFAULT, clock, executor);
    deviceRevocations.add(dispatcher);
    commands =
        new StoredCommandService(
            commandStore,
            deviceStore,
            transactions,
            policy,
            audit,
            dispatcher,
            commandFeed,
            CommandLimits.DEFAULT,
            clock,
            random);
    plainAuthenticator =
        new ThrottledPlainAuthenticator(
            tenantStore, plainSpaceStore, transactions, credentialCheck, loginAudit, hashKeys);
    plainSpaces =
        new StoredPlainSpaces(
            plainSpaceStore,
            new BridgeRights(tenantStore, apiKeyStore, deviceStore),
            transactions,
            policy,
            audit,
            journal,
            underway,
            connections,
            hasher,
            tokens,
            clock);
  }

  /** A tenant that allows plain transport, so that tests need no TLS. */
  public Tenant aTenant(String id) {
    Tenant tenant = tenants.create(OPERATOR, Optional.of(new TenantId(id)), "Tenant " + id);
    TenantSettings d = TenantSettings.DEFAULT;
    return tenants.changeSettings(
        anAdministrator(tenant),
        tenant.id(),
        new TenantSettings(
            d.retentionAge(),
            d.retentionBytesMax(),
            d.lastEventCache(),
            d.lastEventCacheDays(),
            true));
  }

  /** An application that holds these permissions, without a stored key. */
  public static Principal.Application anApplication(Tenant tenant, Permission... permissions) {
    return new Principal.Application(
        tenant.id(),
        tenant.number(),
        "a-" + tenant.id() + "-fixture000",
        Set.copyOf(Arrays.asList(permissions)));
  }

  /** An application that holds every permission in its tenant. */
  public static Principal.Application anAdministrator(Tenant tenant) {
    return new Principal.Application(
        tenant.id(),
        tenant.number(),
        "a-" + tenant.id() + "-admin00000",
        EnumSet.allOf(Permission.class));
  }

  public IssuedApiKey anApiKey(Tenant tenant, Role... roles) {
    return apiKeys.create(
        anAdministrator(tenant),
        tenant.id(),
        Optional.empty(),
        Optional.empty(),
        Arrays.stream(roles).map(Role::id).collect(Collectors.toSet()),
        "made by the fixture");
  }

  /** Where logins of tests come from. */
  public static LoginSource aSource() {
    return aSource("192.0.2.1");
  }

  public static LoginSource aSource(String address) {
    return new LoginSource(
        new InetSocketAddress(InetAddress.ofLiteral(address), 40_000), "mqtts", true);
  }

  /** Logs the device in and returns its principal. */
  public Principal.Device logIn(RegisteredDevice device) {
    Authentication result =
        deviceAuthenticator.authenticateByToken(
            device.device().key(),
            device.device().deviceClass() == DeviceClass.GATEWAY,
            device.token(),
            aSource());
    if (result instanceof Authentication.Granted(Principal.Device principal, var versions)) {
      return principal;
    }
    throw new AssertionError("the login was refused: " + result);
  }

  /** What a restore applies. */
  public RevocationReplay revocationReplay() {
    return revocationReplay(hashKeyRing);
  }

  /** The same where other hash keys were restored. */
  public RevocationReplay revocationReplay(HashKeyRing restored) {
    return new RevocationReplay(
        journal,
        transactions,
        tenantStore,
        tenantKeys,
        apiKeyStore,
        operatorKeyStore,
        deviceStore,
        hasher,
        restored,
        tokens,
        audit,
        clock,
        new PlainRevocations(plainSpaceStore));
  }

  public DeviceBuilder aDevice(Tenant tenant) {
    return new DeviceBuilder(tenant);
  }

  /** What was audited in the tenant's chain, oldest first. */
  public List<AuditRecord> auditOf(Tenant tenant) {
    return auditStore.all(Optional.of(tenant.id()));
  }

  /** Builds a device; its type is made if there is none. */
  public final class DeviceBuilder {
    private final Tenant tenant;
    private String type = "pump";
    private String id = "p1";
    private DeviceClass deviceClass = DeviceClass.DEVICE;
    private Optional<Secret> token = Optional.empty();
    private Optional<DeviceKey> gateway = Optional.empty();

    private DeviceBuilder(Tenant tenant) {
      this.tenant = tenant;
    }

    public DeviceBuilder ofType(String typeId) {
      this.type = typeId;
      return this;
    }

    public DeviceBuilder withId(String deviceId) {
      this.id = deviceId;
      return this;
    }

    public DeviceBuilder asGateway() {
      this.deviceClass = DeviceClass.GATEWAY;
      return this;
    }

    public DeviceBuilder behind(Device theGateway) {
      this.gateway = Optional.of(theGateway.key());
      return this;
    }

    public DeviceBuilder withToken(String chosen) {
      this.token = Optional.of(Secret.of(chosen));
      return this;
    }

    public RegisteredDevice register() {
      Principal admin = anAdministrator(tenant);
      TypeId typeId = new TypeId(type);
      if (deviceTypeStore.find(tenant.id(), typeId).isEmpty()) {
        registry.createType(
            admin, tenant.id(), typeId, deviceClass, "", DeviceInfo.NONE, Optional.empty());
      }
      return registry.register(
          admin,
          new DeviceRegistration(
              new DeviceKey(tenant.id(), typeId, new DeviceId(id)),
              gateway,
              DeviceInfo.NONE,
              Optional.empty(),
              token));
    }
  }

  @Override
  public void close() {
    audit.close();
    hashQueue.close();
  }
}
