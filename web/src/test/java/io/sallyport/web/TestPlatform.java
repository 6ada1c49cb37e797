package io.sallyport.web;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.ConnectionDetails;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceInfo;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.AppendListener;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.InMemoryTelemetryStore;
import io.sallyport.platform.telemetry.Marker;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.platform.testing.RecordingConnection;
import io.sallyport.web.Api.Login;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The platform over in-memory stores, with keys of any set of permissions: real ones have those of
 * their roles.
 */
final class TestPlatform implements AutoCloseable {
  static final String THROTTLED_KEY = "a-throttled";
  static final String FAULTY_KEY = "a-faulty";

  private static final String TOKEN = "secret";
  private static final Login OPERATOR = new Login("o-operator00", TOKEN);

  final PlatformFixture fixture = new PlatformFixture();
  final InMemoryTelemetryStore telemetry = new InMemoryTelemetryStore(tenant -> false);
  final KeyAuthenticator authenticator = new Logins();
  final TelemetryIngest ingest = new DirectIngest();

  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<Login, Principal> logins = new ConcurrentHashMap<>();
  private volatile @Nullable String unreadyReason;

  TestPlatform() {
    logins.put(OPERATOR, new Principal.Operator(OPERATOR.key()));
  }

  String unusedTenantId() {
    return "t%05d".formatted(numbers.incrementAndGet());
  }

  String newTenant() {
    return fixture.aTenant(unusedTenantId()).id().value();
  }

  private Tenant tenant(String id) {
    return fixture.tenants.get(PlatformFixture.OPERATOR, new TenantId(id));
  }

  int tenantNumber(String id) {
    return tenant(id).number();
  }

  Login operator() {
    return OPERATOR;
  }

  Login administrator(String tenant) {
    return key(tenant, EnumSet.allOf(Permission.class));
  }

  Login key(String tenant, Set<Permission> permissions) {
    Tenant of = tenant(tenant);
    Login login = new Login("a-%s-%010d".formatted(tenant, numbers.incrementAndGet()), TOKEN);
    logins.put(login, new Principal.Application(of.id(), of.number(), login.key(), permissions));
    return login;
  }

  void type(String tenant, String id) {
    fixture.registry.createType(
        PlatformFixture.anAdministrator(tenant(tenant)),
        new TenantId(tenant),
        new TypeId(id),
        DeviceClass.DEVICE,
        "",
        DeviceInfo.NONE,
        Optional.empty());
  }

  void device(String tenant, String type, String id) {
    fixture.aDevice(tenant(tenant)).ofType(type).withId(id).register();
  }

  /** The device connects; its connection ends with the handle. */
  LiveConnections.Registration connected(
      String tenant, String type, String id, ConnectionDetails details) {
    Device device = fixture.deviceStore.find(DeviceKey.of(tenant, type, id)).orElseThrow();
    return fixture.connections.register(
        new RecordingConnection(
            new Principal.Device(device.key(), tenant(tenant).number(), device.number(), false),
            Optional.of(details)));
  }

  void event(
      String tenant,
      String type,
      String id,
      String name,
      String format,
      byte[] payload,
      Instant time) {
    Device device = fixture.deviceStore.find(DeviceKey.of(tenant, type, id)).orElseThrow();
    telemetry.append(
        List.of(
            new Event(
                device.key(),
                tenant(tenant).number(),
                device.number(),
                name,
                format,
                Payload.copyOf(payload),
                time.toEpochMilli(),
                null,
                1)));
  }

  void failAppends(@Nullable Problem problem) {
    if (problem == null) {
      telemetry.recover();
    } else {
      telemetry.failWith(problem);
    }
  }

  void failReads(@Nullable Problem problem) {
    telemetry.failReadsWith(problem);
  }

  void unready(@Nullable String reason) {
    unreadyReason = reason;
  }

  @Nullable String unreadyReason() {
    return unreadyReason;
  }

  void audited(String tenant, String action, String target) {
    fixture.transactions.run(() ->
        fixture.audit.record(
            AuditEntry.done(new TenantId(tenant), "test", action, target, Map.of())));
  }

  @Override
  public void close() {
    fixture.close();
  }

  /** The real login, behind keys that tests make up. */
  private final class Logins implements KeyAuthenticator {
    @Override
    public Authentication authenticate(String key, Secret token, LoginSource source) {
      if (key.equals(FAULTY_KEY)) {
        throw new IllegalStateException("broken inside");
      }
      if (key.equals(THROTTLED_KEY)) {
        return new Authentication.Rejected(RefusalId.random(fixture.random), true);
      }
      Principal principal = logins.get(new Login(key, token.revealText()));
      return principal == null
          ? fixture.keyAuthenticator.authenticate(key, token, source)
          : new Authentication.Granted(principal, new CredentialVersions(1, 1, 1));
    }

    @Override
    public CredentialVersions currentVersions(Principal principal) {
      return logins.containsValue(principal)
          ? new CredentialVersions(1, 1, 1)
          : fixture.keyAuthenticator.currentVersions(principal);
    }

    @Override
    public Optional<Principal.Application> standing(String apiKey) {
      return fixture.keyAuthenticator.standing(apiKey);
    }
  }

  /** Appends at once, and tells when it can't. */
  private final class DirectIngest implements TelemetryIngest {
    @Override
    public void submit(Event event, AppendListener listener) {
      append(event, Map.of(), listener);
    }

    @Override
    public void submit(Event event, Marker marker, AppendListener listener) {
      append(event, Map.of(0, marker), listener);
    }

    private void append(Event event, Map<Integer, Marker> markers, AppendListener listener) {
      try {
        listener.appended(telemetry.append(List.of(event), markers)[0]);
      } catch (ProblemException e) {
        listener.failed(e.problem());
      }
    }

    @Override
    public boolean accepting() {
      return true;
    }

    @Override
    public void whenAccepting(Runnable resumed) {
      resumed.run();
    }
  }
}
