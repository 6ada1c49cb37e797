package io.sallyport.web;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.audit.Explanation;
import io.sallyport.platform.audit.Refusal;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandRequest;
import io.sallyport.platform.command.CommandService;
import io.sallyport.platform.command.CommandStatus;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceInfo;
import io.sallyport.platform.device.DeviceQuery;
import io.sallyport.platform.device.DeviceRegistration;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.DeviceType;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.AccessDeniedProblem;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.ApiKeys;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.identity.SecretHash;
import io.sallyport.platform.telemetry.AppendListener;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.web.Api.Login;
import io.sallyport.web.api.Tenants;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An in-memory platform. */
@SuppressWarnings({
  "UnusedMethod",
  "UnusedVariable",
  "EffectivelyPrivate"
}) // called through Partial
final class TestPlatform {
  static final String THROTTLED_KEY = "a-throttled";
  static final String FAULTY_KEY = "a-faulty";

  final AccessPolicy policy = Partial.of(AccessPolicy.class, new Policy());
  final KeyAuthenticator authenticator = Partial.of(KeyAuthenticator.class, new Logins());
  final ApiKeys apiKeys = Partial.of(ApiKeys.class, new Keys());
  final DeviceRegistry registry = Partial.of(DeviceRegistry.class, new Registry());
  final DeviceStore devices = Partial.of(DeviceStore.class, new Devices());
  final TelemetryStore telemetry = Partial.of(TelemetryStore.class, new Events());
  final TelemetryIngest ingest = Partial.of(TelemetryIngest.class, new Ingest());
  final CommandService commands = Partial.of(CommandService.class, new Commands());
  final AuditLog audit = Partial.of(AuditLog.class, new Audit());
  final AuditStore auditStore = Partial.of(AuditStore.class, new Chains());
  final Tenants tenants = Partial.of(Tenants.class, new TenantBook());
  final TenantKeys tenantKeys = Partial.of(TenantKeys.class, new MasterKey());
  final LiveConnections connections = Partial.of(LiveConnections.class, new NoConnections());

  private final Clock clock;
  private final AtomicInteger numbers = new AtomicInteger(1);
  private final Map<String, Principal> logins = new ConcurrentHashMap<>();
  private final Map<TenantId, Tenant> tenantById = new ConcurrentSkipListMap<>();
  private final Map<String, ApiKey> keys = new ConcurrentSkipListMap<>();
  private final Map<String, DeviceType> types = new ConcurrentSkipListMap<>();
  private final Map<String, Device> deviceByKey = new ConcurrentSkipListMap<>();
  private final List<StoredEvent> log = new ArrayList<>();
  private final List<Command> commandLog = new ArrayList<>();
  private final Map<RefusalId, Explanation> explanations = new ConcurrentHashMap<>();
  private final Map<Optional<TenantId>, List<AuditRecord>> chains = new ConcurrentHashMap<>();
  private volatile @Nullable Problem appendFailure;
  private volatile @Nullable String unreadyReason;

  TestPlatform(Clock clock) {
    this.clock = clock;
    logins.put("o-operator001\0secret", new Principal.Operator("o-operator001"));
  }

  String unusedTenantId() {
    return "t%05d".formatted(numbers.incrementAndGet());
  }

  String newTenant() {
    String id = unusedTenantId();
    tenantById.put(
        new TenantId(id),
        new Tenant(
            new TenantId(id),
            numbers.incrementAndGet(),
            id,
            TenantStatus.ACTIVE,
            TenantSettings.DEFAULT,
            clock.instant(),
            clock.instant(),
            1));
    return id;
  }

  Login operator() {
    return new Login("o-operator001", "secret");
  }

  Login administrator(String tenant) {
    return key(tenant, EnumSet.allOf(Permission.class));
  }

  Login key(String tenant, Set<Permission> permissions) {
    TenantId id = new TenantId(tenant);
    String key = "a-" + tenant + "-k" + numbers.incrementAndGet();
    logins.put(
        key + "\0secret",
        new Principal.Application(id, present(tenantById.get(id)).number(), key, permissions));
    return new Login(key, "secret");
  }

  void type(String tenant, String id) {
    types.putIfAbsent(
        tenant + "/" + id,
        new DeviceType(
            new TenantId(tenant),
            new TypeId(id),
            DeviceClass.DEVICE,
            "",
            DeviceInfo.NONE,
            Optional.empty(),
            clock.instant(),
            clock.instant()));
  }

  void device(String tenant, String type, String id) {
    type(tenant, type);
    store(DeviceRegistration.of(DeviceKey.of(tenant, type, id)));
  }

  private Device store(DeviceRegistration registration) {
    Device device =
        new Device(
            registration.key(),
            numbers.incrementAndGet(),
            DeviceClass.DEVICE,
            registration.gateway(),
            registration.info(),
            registration.metadata(),
            true,
            false,
            "test",
            clock.instant(),
            clock.instant(),
            1);
    if (deviceByKey.putIfAbsent(registration.key().toString(), device) != null) {
      throw new Problem(Problem.Code.ALREADY_EXISTS, "the device exists").asException();
    }
    return device;
  }

  void event(
      String tenant,
      String type,
      String id,
      String name,
      String format,
      byte[] payload,
      Instant time) {
    Device device = present(deviceByKey.get(DeviceKey.of(tenant, type, id).toString()));
    append(
        new Event(
            device.key(),
            present(tenantById.get(device.key().tenant())).number(),
            device.number(),
            name,
            format,
            Payload.copyOf(payload),
            time.toEpochMilli(),
            null,
            1));
  }

  private synchronized long append(Event event) {
    log.add(new StoredEvent(log.size() + 1L, event));
    return log.size();
  }

  void failAppends(@Nullable Problem problem) {
    appendFailure = problem;
  }

  void unready(@Nullable String reason) {
    unreadyReason = reason;
  }

  @Nullable String unreadyReason() {
    return unreadyReason;
  }

  void audited(String tenant, String action, String target) {
    Optional<TenantId> chain = Optional.of(new TenantId(tenant));
    List<AuditRecord> records = chains.computeIfAbsent(chain, c -> new ArrayList<>());
    records.addFirst(
        new AuditRecord(
            records.size() + 1L,
            clock.instant(),
            AuditEntry.done(chain.get(), "test", action, target, Map.of()),
            "0".repeat(64),
            "1".repeat(64)));
  }

  private static <T> Page<T> page(List<T> all, PageRequest page) {
    int from = page.after().map(Integer::parseInt).orElse(0);
    int to = Math.min(all.size(), from + page.limit());
    return new Page<>(
        all.subList(from, to),
        to < all.size() ? Optional.of(String.valueOf(to)) : Optional.empty());
  }

  private Principal allowed(Principal actor, Permission permission, TenantId tenant) {
    policy.require(actor, permission, tenant);
    return actor;
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw Problem.notFound("it");
    }
    return value;
  }

  private final class Policy {
    boolean allows(Principal actor, Permission permission, TenantId tenant) {
      return actor instanceof Principal.Application application
          && application.tenant().equals(tenant)
          && application.permissions().contains(permission);
    }

    void require(Principal actor, Permission permission, TenantId tenant) {
      if (!allows(actor, permission, tenant)) {
        boolean own = actor instanceof Principal.OfTenant of && of.tenant().equals(tenant);
        throw new AccessDeniedProblem(
            refuse(own ? Optional.of(tenant) : Optional.empty(), actor.auditName(), "permission"));
      }
    }

    void require(Principal actor, Permission permission, DeviceKey device) {
      require(actor, permission, device.tenant());
    }

    void requireOperator(Principal actor) {
      if (!(actor instanceof Principal.Operator)) {
        throw new AccessDeniedProblem(refuse(Optional.empty(), actor.auditName(), "op"));
      }
    }
  }

  private RefusalId refuse(Optional<TenantId> tenant, String actor, String rule) {
    RefusalId id = RefusalId.random(new SecureRandom());
    explanations.put(
        id, new Explanation(id, tenant, clock.instant(), actor, rule, "why", "what to do", 1));
    return id;
  }

  private final class Logins {
    Authentication authenticate(String key, Secret token, LoginSource source) {
      if (key.equals(FAULTY_KEY)) {
        throw new IllegalStateException("broken inside");
      }
      Principal principal = logins.get(key + "\0" + token.revealText());
      ApiKey made = keys.get(key);
      if (principal == null || (made != null && !made.enabled())) {
        return new Authentication.Rejected(
            refuse(Optional.empty(), "anonymous", "login"), key.equals(THROTTLED_KEY));
      }
      return new Authentication.Granted(principal, new CredentialVersions(1, 1, 1));
    }
  }

  private final class Keys {
    private void may(Principal actor, Permission permission, TenantId tenant) {
      if (!(actor instanceof Principal.Operator)) {
        allowed(actor, permission, tenant);
      }
    }

    IssuedApiKey create(
        Principal actor,
        TenantId tenant,
        Optional<String> key,
        Optional<Secret> token,
        Set<String> roles,
        String comment) {
      may(actor, Permission.API_KEY_MANAGE, tenant);
      String name = "a-" + tenant + "-n" + numbers.incrementAndGet();
      ApiKey made =
          new ApiKey(
              tenant, name, new SecretHash("x", 1, ""), roles, comment, true, clock.instant(), 1);
      keys.put(name, made);
      logins.put(
          name + "\0issued-token",
          new Principal.Application(
              tenant, present(tenantById.get(tenant)).number(), name, permissions(roles)));
      return new IssuedApiKey(made, Secret.of("issued-token"));
    }

    private static Set<Permission> permissions(Set<String> roles) {
      Set<Permission> all = EnumSet.noneOf(Permission.class);
      roles.forEach(role ->
          all.addAll(
              Role.find(role).orElseThrow(() -> Problem.invalid("no such role")).permissions()));
      return all;
    }

    ApiKey get(Principal actor, TenantId tenant, String key) {
      may(actor, Permission.API_KEY_READ, tenant);
      return present(keys.get(key));
    }

    Page<ApiKey> list(Principal actor, TenantId tenant, PageRequest page) {
      may(actor, Permission.API_KEY_READ, tenant);
      return page(keys.values().stream().filter(k -> k.tenant().equals(tenant)).toList(), page);
    }

    ApiKey changeRoles(Principal actor, TenantId tenant, String key, Set<String> roles) {
      may(actor, Permission.API_KEY_MANAGE, tenant);
      permissions(roles);
      ApiKey old = present(keys.get(key));
      ApiKey changed =
          new ApiKey(
              tenant, key, old.token(), roles, old.comment(), old.enabled(), old.created(), 2);
      keys.put(key, changed);
      return changed;
    }

    ApiKey setEnabled(Principal actor, TenantId tenant, String key, boolean enabled) {
      may(actor, Permission.API_KEY_MANAGE, tenant);
      ApiKey old = present(keys.get(key));
      ApiKey changed =
          new ApiKey(
              tenant, key, old.token(), old.roles(), old.comment(), enabled, old.created(), 3);
      keys.put(key, changed);
      return changed;
    }

    void delete(Principal actor, TenantId tenant, String key) {
      may(actor, Permission.API_KEY_MANAGE, tenant);
      present(keys.remove(key));
    }
  }

  private final class Registry {
    DeviceType createType(
        Principal actor,
        TenantId tenant,
        TypeId id,
        DeviceClass deviceClass,
        String description,
        DeviceInfo info,
        Optional<String> metadata) {
      allowed(actor, Permission.DEVICE_MANAGE, tenant);
      DeviceType type =
          new DeviceType(
              tenant,
              id,
              deviceClass,
              description,
              info,
              metadata,
              clock.instant(),
              clock.instant());
      types.put(tenant + "/" + id, type);
      return type;
    }

    DeviceType getType(Principal actor, TenantId tenant, TypeId id) {
      allowed(actor, Permission.DEVICE_READ, tenant);
      return present(types.get(tenant + "/" + id));
    }

    Page<DeviceType> listTypes(
        Principal actor, TenantId tenant, boolean descending, PageRequest page) {
      allowed(actor, Permission.DEVICE_READ, tenant);
      return page(types.values().stream().filter(t -> t.tenant().equals(tenant)).toList(), page);
    }

    DeviceType updateType(
        Principal actor,
        TenantId tenant,
        TypeId id,
        Optional<String> description,
        DeviceInfo info,
        Optional<String> metadata) {
      allowed(actor, Permission.DEVICE_MANAGE, tenant);
      DeviceType old = present(types.get(tenant + "/" + id));
      DeviceType changed =
          new DeviceType(
              tenant,
              id,
              old.deviceClass(),
              description.orElse(old.description()),
              old.info().with(info),
              metadata.or(old::metadata),
              old.created(),
              clock.instant());
      types.put(tenant + "/" + id, changed);
      return changed;
    }

    void deleteType(Principal actor, TenantId tenant, TypeId id) {
      allowed(actor, Permission.DEVICE_MANAGE, tenant);
      present(types.get(tenant + "/" + id));
      if (deviceByKey.keySet().stream().anyMatch(k -> k.startsWith(tenant + "/" + id + "/"))) {
        throw new Problem(Problem.Code.IN_USE, "it has devices").asException();
      }
      types.remove(tenant + "/" + id);
    }

    RegisteredDevice register(Principal actor, DeviceRegistration registration) {
      allowed(actor, Permission.DEVICE_MANAGE, registration.key().tenant());
      return new RegisteredDevice(store(registration), Secret.of("token-1"));
    }

    Device get(Principal actor, DeviceKey key) {
      allowed(actor, Permission.DEVICE_READ, key.tenant());
      return present(deviceByKey.get(key.toString()));
    }

    Page<Device> list(Principal actor, TenantId tenant, DeviceQuery query, PageRequest page) {
      allowed(actor, Permission.DEVICE_READ, tenant);
      List<Device> all =
          new ArrayList<>(
              deviceByKey.values().stream()
                  .filter(d -> d.key().tenant().equals(tenant))
                  .filter(d -> query.type().map(t -> t.equals(d.key().type())).orElse(true))
                  .toList());
      return page(query.descending() ? all.reversed() : all, page);
    }

    Device update(
        Principal actor,
        DeviceKey key,
        DeviceInfo info,
        Optional<String> metadata,
        Optional<Boolean> alertEnabled) {
      allowed(actor, Permission.DEVICE_MANAGE, key.tenant());
      Device old = present(deviceByKey.get(key.toString()));
      return put(old, old.info().with(info), metadata.or(old::metadata), old.enabled());
    }

    Device setEnabled(Principal actor, DeviceKey key, boolean enabled) {
      allowed(actor, Permission.DEVICE_MANAGE, key.tenant());
      Device old = present(deviceByKey.get(key.toString()));
      return put(old, old.info(), old.metadata(), enabled);
    }

    private Device put(Device old, DeviceInfo info, Optional<String> metadata, boolean enabled) {
      Device changed =
          new Device(
              old.key(),
              old.number(),
              old.deviceClass(),
              old.gateway(),
              info,
              metadata,
              enabled,
              old.alertEnabled(),
              old.registeredBy(),
              old.registered(),
              clock.instant(),
              old.version() + 1);
      deviceByKey.put(old.key().toString(), changed);
      return changed;
    }

    RegisteredDevice replaceToken(Principal actor, DeviceKey key, Optional<Secret> token) {
      allowed(actor, Permission.DEVICE_CREDENTIAL, key.tenant());
      return new RegisteredDevice(present(deviceByKey.get(key.toString())), Secret.of("token-2"));
    }

    void delete(Principal actor, DeviceKey key) {
      allowed(actor, Permission.DEVICE_MANAGE, key.tenant());
      present(deviceByKey.remove(key.toString()));
    }
  }

  private final class Devices {
    Optional<Device> find(DeviceKey key) {
      return Optional.ofNullable(deviceByKey.get(key.toString()));
    }
  }

  private final class Events {
    Page<StoredEvent> history(
        DeviceKey device, long deviceNumber, int tenantNumber, EventQuery query, PageRequest page) {
      synchronized (TestPlatform.this) {
        return page(
            log.reversed().stream()
                .filter(e -> e.event().deviceNumber() == deviceNumber)
                .filter(e -> e.event().timeMillis() >= query.fromMillis())
                .filter(e -> e.event().timeMillis() < query.toMillis())
                .filter(e -> query.name().map(n -> n.equals(e.event().name())).orElse(true))
                .filter(e -> !query.jsonOnly() || e.event().format().equals("json"))
                .toList(),
            page);
      }
    }
  }

  private final class Ingest {
    void submit(Event event, AppendListener listener) {
      Problem problem = appendFailure;
      if (problem != null) {
        listener.failed(problem);
      } else {
        listener.appended(append(event));
      }
    }
  }

  private final class Commands {
    CompletableFuture<Command> submit(Principal actor, CommandRequest request) {
      try {
        allowed(actor, Permission.COMMAND_SEND, request.device().tenant());
        Device device = present(deviceByKey.get(request.device().toString()));
        Command command =
            new Command(
                RefusalId.random(new SecureRandom()).value(),
                numbers.incrementAndGet(),
                device.key(),
                1,
                device.number(),
                request.name(),
                request.format(),
                request.payload(),
                request.qos(),
                CommandStatus.PENDING,
                actor.auditName(),
                clock.instant(),
                clock.instant().plus(request.patience().orElse(Duration.ofHours(1))),
                clock.instant(),
                Optional.empty());
        commandLog.addFirst(command);
        return CompletableFuture.completedFuture(command);
      } catch (AccessDeniedProblem | ProblemException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    Command get(Principal actor, TenantId tenant, String id) {
      allowed(actor, Permission.COMMAND_READ, tenant);
      return present(
          commandLog.stream()
              .filter(c -> c.device().tenant().equals(tenant) && c.id().equals(id))
              .findFirst()
              .orElse(null));
    }

    Page<Command> list(Principal actor, DeviceKey device, PageRequest page) {
      allowed(actor, Permission.COMMAND_READ, device.tenant());
      present(deviceByKey.get(device.toString()));
      return page(commandLog.stream().filter(c -> c.device().equals(device)).toList(), page);
    }
  }

  private final class Audit {
    RefusalId refused(Refusal refusal) {
      return refuse(refusal.tenant(), refusal.actor(), refusal.rule());
    }

    Optional<Explanation> explain(RefusalId id) {
      return Optional.ofNullable(explanations.get(id));
    }

    AuditLog.Verification verify(Optional<TenantId> chain) {
      return new AuditLog.Verification.Intact(
          chains.getOrDefault(chain, List.of()).size(), "1".repeat(64));
    }
  }

  private final class Chains {
    Page<AuditRecord> list(Optional<TenantId> chain, PageRequest page) {
      return page(chains.getOrDefault(chain, List.of()), page);
    }
  }

  private final class TenantBook {
    Tenant create(Principal actor, Optional<TenantId> chosen, String name) {
      policy.requireOperator(actor);
      TenantId id = chosen.orElseGet(() -> new TenantId(unusedTenantId()));
      if (tenantById.containsKey(id)) {
        throw new Problem(Problem.Code.ALREADY_EXISTS, "it exists").asException();
      }
      return put(
          new Tenant(
              id,
              numbers.incrementAndGet(),
              name,
              TenantStatus.ACTIVE,
              TenantSettings.DEFAULT,
              clock.instant(),
              clock.instant(),
              1));
    }

    private Tenant put(Tenant tenant) {
      tenantById.put(tenant.id(), tenant);
      return tenant;
    }

    Tenant get(Principal actor, TenantId id) {
      if (!(actor instanceof Principal.Operator)) {
        allowed(actor, Permission.TENANT_READ, id);
      }
      return present(tenantById.get(id));
    }

    Page<Tenant> list(Principal actor, PageRequest page) {
      policy.requireOperator(actor);
      return page(List.copyOf(tenantById.values()), page);
    }

    Tenant rename(Principal actor, TenantId id, String name) {
      manage(actor, id);
      Tenant old = present(tenantById.get(id));
      return put(with(old, name, old.status(), old.settings()));
    }

    Tenant changeSettings(Principal actor, TenantId id, TenantSettings settings) {
      manage(actor, id);
      Tenant old = present(tenantById.get(id));
      return put(with(old, old.name(), old.status(), settings));
    }

    Tenant suspend(Principal actor, TenantId id) {
      policy.requireOperator(actor);
      Tenant old = present(tenantById.get(id));
      return put(with(old, old.name(), TenantStatus.SUSPENDED, old.settings()));
    }

    Tenant resume(Principal actor, TenantId id) {
      policy.requireOperator(actor);
      Tenant old = present(tenantById.get(id));
      return put(with(old, old.name(), TenantStatus.ACTIVE, old.settings()));
    }

    private Tenant with(Tenant old, String name, TenantStatus status, TenantSettings settings) {
      return new Tenant(
          old.id(), old.number(), name, status, settings, old.created(), clock.instant(), 2);
    }

    private void manage(Principal actor, TenantId id) {
      if (!(actor instanceof Principal.Operator)) {
        allowed(actor, Permission.TENANT_MANAGE, id);
      }
    }

    void delete(Principal actor, TenantId id) {
      policy.requireOperator(actor);
      present(tenantById.remove(id));
    }
  }

  private static final class MasterKey {
    byte[] purposeKey(String label) {
      return Arrays.copyOf(label.getBytes(StandardCharsets.UTF_8), 32);
    }
  }

  private static final class NoConnections {
    boolean isConnected(DeviceKey device) {
      return false;
    }
  }
}
