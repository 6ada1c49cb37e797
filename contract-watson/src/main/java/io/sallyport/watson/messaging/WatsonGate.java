package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.Password;
import io.sallyport.mqtt.RestoredSession;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.tenant.HostHint;
import io.sallyport.watson.Refusals.Rule;
import io.sallyport.watson.WatsonClientId;
import io.sallyport.watson.status.CloseCode;
import io.sallyport.watson.status.StatusNote;
import io.sallyport.watson.status.StatusSubject;
import io.sallyport.watson.status.WatsonScopes;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Admits devices, gateways and applications (watson-iot.md section 3). A refusal is code 5 whatever
 * the reason, so that SDKs stop and nobody learns what exists; 2 for a malformed client id; 3 when
 * the same login may succeed later.
 */
final class WatsonGate implements ClientGate {
  private static final String TOKEN_USER = "use-token-auth";
  private static final String KEY_OWNER = "key:";

  private final MessagingParts parts;
  private final HostHint hosts;
  private final WatsonLimits limits;
  private final Wills wills;

  WatsonGate(MessagingParts parts, HostHint hosts, WatsonLimits limits) {
    this.parts = parts;
    this.hosts = hosts;
    this.limits = limits;
    this.wills = new Wills(parts);
  }

  /**
   * What a message is about stands in its topic; a status message's note says how much it shows.
   */
  @Override
  public @Nullable Object note(Scope scope, String tag) {
    return StatusNote.ofTag(tag).orElse(null);
  }

  @Override
  public Optional<WillRights> reopen(SessionKey session, String login) {
    return wills.reopen(session, login);
  }

  /** What an application gets is decided by its key; others are sent what is theirs. */
  @Override
  public SessionRights restored(RestoredSession session, List<HeldSubscription> held) {
    return apiKeyOf(session.key().owner())
        .map(parts.keys()::read)
        .<SessionRights>map(standing -> standing::mayRead)
        .orElse(_ -> true);
  }

  /**
   * Whether this CONNECT belongs to this contract (MESSAGING section 2): by kind of credential,
   * else by the form of the client id. A user name {@code <tenant>/<name>} never does.
   */
  boolean claims(ConnectRequest request) {
    String user = request.userName().orElse("");
    if (claimsByUser(request)) {
      return true;
    }
    return user.indexOf('/') < 0 && WatsonClientId.parse(request.clientId()).isPresent();
  }

  /** Whether the user name alone says so. */
  boolean claimsByUser(ConnectRequest request) {
    String user = request.userName().orElse("");
    return user.equals(TOKEN_USER) || isApiKey(user);
  }

  private static boolean isApiKey(String user) {
    return tenantOf(user).isPresent();
  }

  /** The tenant that the form of an API key names. */
  static Optional<TenantId> tenantOf(String key) {
    return key.startsWith("a-")
            && key.length() > 9
            && key.charAt(8) == '-'
            && TenantId.isValid(key.substring(2, 8))
        ? Optional.of(new TenantId(key.substring(2, 8)))
        : Optional.empty();
  }

  @Override
  public Admission admit(ConnectRequest request) {
    Optional<WatsonClientId> claimed = WatsonClientId.parse(request.clientId());
    if (claimed.isEmpty()) {
      note(Optional.empty(), request, Rule.CLIENT_ID_FORM);
      return new Admission.Refused(ConnectRefusal.CLIENT_ID_NOT_VALID);
    }
    return switch (claimed.get()) {
      case WatsonClientId.OfDevice id -> admitDevice(request, id.key(), false);
      case WatsonClientId.OfGateway id -> admitDevice(request, id.key(), true);
      case WatsonClientId.OfApplication id -> admitApplication(request, id);
      case WatsonClientId.OfSharedApplication _ -> refuse(request, Rule.SHARED_APPLICATION);
    };
  }

  private Admission admitDevice(ConnectRequest request, DeviceKey key, boolean gateway) {
    Optional<Secret> token = token(request);
    if (!request.userName().equals(Optional.of(TOKEN_USER)) || token.isEmpty()) {
      failedConnect(request, key);
      return refuse(request, Rule.USER_NAME);
    }
    Authentication login =
        parts
            .platform()
            .deviceLogins()
            .authenticateByToken(key, gateway, token.get(), source(request));
    return switch (login) {
      case Authentication.Rejected rejected -> {
        failedConnect(request, key);
        yield rejected(rejected);
      }
      case Authentication.Granted granted ->
          granted.principal() instanceof Principal.Device device && device.key().equals(key)
              ? admitDevice(request, device, granted.versions())
              : refuse(request, Rule.OTHER_TENANT);
    };
  }

  private Admission admitDevice(
      ConnectRequest request, Principal.Device device, CredentialVersions versions) {
    Optional<Rule> objection = objection(request, device);
    if (objection.isEmpty() && !mayPublishWill(request, device)) {
      objection = Optional.of(Rule.WILL);
    }
    if (objection.isPresent()) {
      failedConnect(request, device.key());
      return refuse(request, objection.get());
    }
    LiveClient client =
        client(
            request,
            device,
            new StatusSubject.OfDevice(device.key(), request.clientId(), device.tenantNumber()));
    boolean persistent = request.wantsLastingSession();
    ClientBinding binding =
        device.gateway()
            ? new GatewayBinding(parts, client, device, persistent)
            : new DeviceBinding(parts, client, device, persistent);
    ClientLimits allowed = device.gateway() ? limits.gateway() : limits.device();
    return admitUnlessChanged(
        request,
        client,
        binding,
        allowed,
        versions,
        () -> parts.platform().deviceLogins().currentVersions(device));
  }

  private Admission admitApplication(ConnectRequest request, WatsonClientId.OfApplication claimed) {
    Optional<Secret> token = token(request);
    if (request.userName().isEmpty() || token.isEmpty()) {
      return refuse(request, Rule.USER_NAME);
    }
    Authentication login =
        parts
            .platform()
            .keyLogins()
            .authenticate(request.userName().get(), token.get(), source(request));
    return switch (login) {
      case Authentication.Rejected rejected -> rejected(rejected);
      case Authentication.Granted granted ->
          granted.principal() instanceof Principal.Application application
                  && application.tenant().equals(claimed.tenant())
              ? admitApplication(request, claimed, application, granted.versions())
              : refuse(request, Rule.OTHER_TENANT);
    };
  }

  private Admission admitApplication(
      ConnectRequest request,
      WatsonClientId.OfApplication claimed,
      Principal.Application application,
      CredentialVersions versions) {
    Optional<Rule> objection = objection(request, application);
    if (objection.isEmpty() && !mayPublishWill(request, application)) {
      objection = Optional.of(Rule.WILL);
    }
    if (objection.isPresent()) {
      return refuse(request, objection.get());
    }
    LiveClient client =
        client(
            request,
            application,
            new StatusSubject.OfApplication(
                claimed.appId(),
                application.apiKey(),
                request.clientId(),
                application.tenantNumber()));
    return admitUnlessChanged(
        request,
        client,
        new ApplicationBinding(parts, client, application, parts.keys().read(application.apiKey())),
        limits.application(),
        versions,
        () -> parts.platform().keyLogins().currentVersions(application));
  }

  /**
   * THREATS T31: the connection is among the live ones before the versions are read again, so a
   * revocation either finds it there or is seen here.
   */
  private Admission admitUnlessChanged(
      ConnectRequest request,
      LiveClient client,
      ClientBinding binding,
      ClientLimits allowed,
      CredentialVersions versions,
      Supplier<CredentialVersions> currentVersions) {
    client.registered(parts.platform().live().register(client));
    boolean admitted = false;
    try {
      if (!currentVersions.get().equals(versions) || client.revoked()) {
        return refuse(request, Rule.VERSION_CHANGED);
      }
      Principal.OfTenant principal = client.principal();
      SessionKey session = sessionOf(principal, request.clientId());
      admitted = true;
      return new Admission.Admitted(
          session, binding, allowed.withOffer(WatsonLimits.VERSION_5_OFFER), Wills.login(versions));
    } finally {
      if (!admitted) {
        client.withdraw();
      }
    }
  }

  /**
   * THREATS T30. A device owns its session by its number, which is never given again: who later
   * gets the same id finds nothing of its namesake's.
   */
  private static String owner(Principal.OfTenant principal) {
    return switch (principal) {
      case Principal.Device device -> owner(device.deviceNumber());
      case Principal.Application application -> owner(application.apiKey());
      case Principal.PlainClient client ->
          throw new IllegalArgumentException("a plain client does not speak this contract");
    };
  }

  /** Who owns the sessions of an API key. */
  static String owner(String apiKey) {
    return KEY_OWNER + apiKey;
  }

  /** The API key that owns such a session. */
  static Optional<String> apiKeyOf(String owner) {
    return owner.startsWith(KEY_OWNER)
        ? Optional.of(owner.substring(KEY_OWNER.length()))
        : Optional.empty();
  }

  private static String owner(long deviceNumber) {
    return "device:" + deviceNumber;
  }

  /** What names the session of a client. */
  static SessionKey sessionOf(Principal.OfTenant principal, String clientId) {
    return new SessionKey(WatsonScopes.full(principal.tenantNumber()), owner(principal), clientId);
  }

  /** What names the session of a device. */
  static SessionKey sessionOf(Device device, int tenantNumber) {
    return new SessionKey(
        WatsonScopes.full(tenantNumber),
        owner(device.number()),
        WatsonClientId.of(device.key(), device.deviceClass() == DeviceClass.GATEWAY));
  }

  /** THREATS T15: every hint must agree with the verified credential. */
  private Optional<Rule> objection(ConnectRequest request, Principal.OfTenant principal) {
    Optional<String> sni = request.connection().sniHost();
    if (sni.isPresent() && hosts.contradicts(sni.get(), principal.tenant())) {
      return Optional.of(Rule.OTHER_TENANT);
    }
    return Optional.empty();
  }

  private boolean mayPublishWill(ConnectRequest request, Principal.OfTenant principal) {
    return request.will().isEmpty() || wills.mayPublish(request.will().get(), principal);
  }

  private LiveClient client(
      ConnectRequest request, Principal.OfTenant principal, StatusSubject subject) {
    return new LiveClient(
        principal, subject, request.connection(), request.version(), parts.board());
  }

  private static Optional<Secret> token(ConnectRequest request) {
    return request
        .password()
        .map(Password::revealBytes)
        .filter(bytes -> bytes.length > 0)
        .map(Secret::of);
  }

  private static LoginSource source(ConnectRequest request) {
    return new LoginSource(
        request.connection().remote(),
        request.connection().listener(),
        request.connection().secure());
  }

  private static Admission rejected(Authentication.Rejected rejected) {
    return new Admission.Refused(
        rejected.tryLater() ? ConnectRefusal.SERVER_UNAVAILABLE : ConnectRefusal.NOT_AUTHORIZED);
  }

  /** THREATS T36: only for registered devices. */
  private void failedConnect(ConnectRequest request, DeviceKey key) {
    parts
        .platform()
        .devices()
        .find(key)
        .flatMap(device ->
            parts
                .platform()
                .tenants()
                .find(key.tenant())
                .map(
                    tenant -> new StatusSubject.OfDevice(key, request.clientId(), tenant.number())))
        .ifPresent(subject ->
            parts
                .board()
                .connectFailed(
                    subject, request.connection(), request.version(), CloseCode.NOT_AUTHORIZED));
  }

  private Admission refuse(ConnectRequest request, Rule rule) {
    Optional<TenantId> owner =
        WatsonClientId.parse(request.clientId())
            .map(WatsonClientId::tenant)
            .filter(tenant -> parts.platform().tenants().find(tenant).isPresent());
    note(owner, request, rule);
    return new Admission.Refused(ConnectRefusal.NOT_AUTHORIZED);
  }

  private void note(Optional<TenantId> tenant, ConnectRequest request, Rule rule) {
    String address = request.connection().remote().getHostString();
    parts
        .refusals()
        .note(tenant, "client " + address, "connect.refused", request.clientId(), address, rule);
  }
}
