package io.sallyport.plain;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Password;
import io.sallyport.mqtt.RestoredSession;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.plain.Refusals.Rule;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.space.ListenerIdentity;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainSpace;
import io.sallyport.platform.space.PlainSpaceStore;
import io.sallyport.platform.tenant.HostHint;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantStatus;
import java.util.List;
import java.util.Optional;

/**
 * Admits clients of plain spaces: by user name and password, or by the identity of the listener
 * that they came through. Unknown names and wrong passwords get one answer, code 4 (0x86 in 5).
 */
final class PlainGate implements ClientGate {
  /** MQTT 3.1 §3.1; 3.1.1 and 5 bound it at the engine's limit. */
  private static final int CLIENT_ID_CHARS_MAX_OF_3_1 = 23;

  private final PlainParts parts;
  private final HostHint hosts;
  private final ListenerIdentities identities;

  PlainGate(PlainParts parts, HostHint hosts, ListenerIdentities identities) {
    this.parts = parts;
    this.hosts = hosts;
    this.identities = identities;
  }

  /** Whether the listener says who its clients are; decided before all else. */
  boolean isIdentified(ConnectRequest request) {
    return identities.find(request.connection().listener()).isPresent();
  }

  /** Whether the user name is that of a plain credential. May block. */
  boolean claims(ConnectRequest request) {
    if (isIdentified(request)) {
      return true;
    }
    Optional<Claim> claim = request.userName().map(user -> claim(request, user));
    return claim.isPresent()
        && claim
            .get()
            .tenant()
            .map(tenant -> parts.platform().logins().knows(tenant, claim.get().name()))
            .orElse(false);
  }

  /**
   * Who a client says it is.
   *
   * @param tenant empty when it names none, or a hint contradicts
   */
  private record Claim(Optional<TenantId> tenant, String name) {}

  /** {@code <tenant>/<name>}, or {@code <name>} where the tenant is clear without (THREATS T15). */
  private Claim claim(ConnectRequest request, String user) {
    Optional<String> sni = request.connection().sniHost();
    int slash = user.indexOf('/');
    if (slash < 0) {
      return new Claim(sni.flatMap(hosts::tenant).flatMap(this::existing).or(this::only), user);
    }
    String named = user.substring(0, slash);
    Optional<TenantId> tenant =
        TenantId.isValid(named)
            ? Optional.of(new TenantId(named))
                .filter(id -> sni.isEmpty() || !hosts.contradicts(sni.get(), id))
            : Optional.empty();
    return new Claim(tenant, user.substring(slash + 1));
  }

  private Optional<TenantId> existing(TenantId named) {
    return parts.platform().tenants().find(named).map(Tenant::id);
  }

  private Optional<TenantId> only() {
    List<Tenant> two = parts.platform().tenants().list(PageRequest.first(2)).items();
    return two.size() == 1 ? Optional.of(two.getFirst().id()) : Optional.empty();
  }

  /**
   * By the rules in force now: the will of a client that was cut off when the process was killed.
   * One whose credential was revoked since it logged in has none (THREATS T31).
   */
  @Override
  public Optional<WillRights> reopen(SessionKey session, String login) {
    PlainSpaceStore store = parts.platform().store();
    Optional<PlainSpace> space = store.findSpace(session.scope().number());
    Optional<PlainCredential> credential =
        store
            .findCredential(PlainScopes.credentialNumber(session))
            .filter(PlainCredential::enabled)
            .filter(found -> login(found.version()).equals(login))
            .filter(found ->
                parts
                    .platform()
                    .tenants()
                    .find(found.tenant())
                    .filter(tenant -> tenant.status() == TenantStatus.ACTIVE)
                    .isPresent());
    if (space.isEmpty() || credential.isEmpty()) {
      return Optional.empty();
    }
    Verdicts verdicts = new Verdicts(credential.get(), session.clientId());
    return Optional.of(will -> {
      if (verdicts.mayPublish(will.topic())) {
        parts
            .traffic()
            .publish(
                session.scope(),
                will,
                Publisher.of(session, verdicts.limits()),
                space.get().acknowledge(),
                SilentAck.INSTANCE);
      }
    });
  }

  /** What changes when the credential's connections are to end. */
  private static String login(long version) {
    return Long.toString(version);
  }

  @Override
  public SessionRights restored(RestoredSession session, List<HeldSubscription> held) {
    CredentialState credential =
        parts.spaces().credential(PlainScopes.credentialNumber(session.key()));
    if (!credential.isKnown()) {
      parts
          .platform()
          .store()
          .findCredential(credential.number())
          .ifPresentOrElse(credential::offer, credential::delete);
    }
    RestoredClient client = new RestoredClient(parts, credential, session, held);
    // Counted before asked: a change of rules meanwhile finds it, or is seen here.
    credential.sessionOpened(client);
    client.rulesChanged();
    return client;
  }

  @Override
  public Admission admit(ConnectRequest request) {
    return switch (authenticate(request)) {
      case Authentication.Rejected rejected ->
          new Admission.Refused(
              rejected.tryLater()
                  ? ConnectRefusal.SERVER_UNAVAILABLE
                  : ConnectRefusal.BAD_USER_NAME_OR_PASSWORD);
      case Authentication.Granted granted -> {
        if (granted.principal() instanceof Principal.PlainClient client) {
          yield admit(request, client, granted.versions());
        }
        throw new IllegalStateException("a plain login makes a plain client");
      }
    };
  }

  private Authentication authenticate(ConnectRequest request) {
    LoginSource source =
        new LoginSource(
            request.connection().remote(),
            request.connection().listener(),
            request.connection().secure());
    Optional<ListenerIdentity> identity = identities.find(request.connection().listener());
    if (identity.isPresent()) {
      // User name and password have been parsed, and mean nothing here.
      return parts.platform().logins().authenticateByListener(identity.get(), source);
    }
    Claim claim = claim(request, request.userName().orElse(""));
    Secret password =
        request
            .password()
            .map(Password::revealBytes)
            .map(Secret::of)
            .orElseGet(() -> Secret.of(""));
    return parts.platform().logins().authenticate(claim.tenant(), claim.name(), password, source);
  }

  /**
   * THREATS T31: the connection is among the live ones before versions and rules are read again, so
   * a revocation either finds it there or is seen here.
   */
  private Admission admit(
      ConnectRequest request, Principal.PlainClient client, CredentialVersions versions) {
    PlainPlatform platform = parts.platform();
    Optional<PlainSpace> space = platform.store().findSpace(client.tenant(), client.space());
    Optional<PlainCredential> known =
        platform
            .store()
            .findCredential(client.tenant(), client.credential())
            .filter(row -> row.number() == client.credentialNumber());
    if (space.isEmpty() || known.isEmpty()) {
      return refuse(request, client, Rule.CHANGED, ConnectRefusal.NOT_AUTHORIZED);
    }
    Optional<String> clientId = clientId(request, known.get());
    if (clientId.isEmpty()) {
      return refuse(request, client, Rule.CLIENT_ID, ConnectRefusal.CLIENT_ID_NOT_VALID);
    }
    CredentialState state = parts.spaces().credential(client.credentialNumber());
    PlainBinding binding =
        new PlainBinding(
            parts,
            client,
            state,
            parts.spaces().space(space.get()),
            clientId.get(),
            request.wantsLastingSession(),
            versions.credential());
    binding.registered(platform.live().register(binding));
    boolean admitted = false;
    try {
      if (!state.enter(binding, known.get().limits())) {
        return refuse(request, client, Rule.CONNECTIONS, ConnectRefusal.SERVER_UNAVAILABLE);
      }
      Optional<Admission> objection = objection(request, client, versions, state, binding);
      if (objection.isPresent()) {
        return objection.get();
      }
      admitted = true;
      return new Admission.Admitted(
          PlainScopes.session(client.spaceNumber(), client.credentialNumber(), clientId.get()),
          binding,
          parts.limits(),
          login(versions.credential()));
    } finally {
      if (!admitted) {
        binding.withdraw();
      }
    }
  }

  private Optional<Admission> objection(
      ConnectRequest request,
      Principal.PlainClient client,
      CredentialVersions versions,
      CredentialState state,
      PlainBinding binding) {
    PlainPlatform platform = parts.platform();
    boolean unchanged = platform.logins().currentVersions(client).equals(versions);
    platform
        .store()
        .findCredential(client.tenant(), client.credential())
        .filter(row -> row.number() == client.credentialNumber())
        .ifPresent(state::offer);
    if (!unchanged || binding.revoked() || state.usable() == null) {
      return Optional.of(refuse(request, client, Rule.CHANGED, ConnectRefusal.NOT_AUTHORIZED));
    }
    // v5: MQTT-3.1.2-14; asked again when it is published.
    if (request.will().isPresent()
        && !(binding.mayPublish(request.will().get().topic())
            && binding.mayNameResponse(request.will().get()))) {
      return Optional.of(refuse(request, client, Rule.WILL, ConnectRefusal.NOT_AUTHORIZED));
    }
    return Optional.empty();
  }

  /** The session's client id; empty when the client's is not allowed. */
  private Optional<String> clientId(ConnectRequest request, PlainCredential credential) {
    String asked = request.clientId();
    if (request.version() == MqttVersion.V3_1
        && (asked.isEmpty() || asked.length() > CLIENT_ID_CHARS_MAX_OF_3_1)) {
      return Optional.empty();
    }
    if (asked.isEmpty()) {
      return Optional.of(credential.clientIds().fresh(parts.random()));
    }
    return credential.clientIds().permits(asked) ? Optional.of(asked) : Optional.empty();
  }

  private Admission refuse(
      ConnectRequest request, Principal.PlainClient client, Rule rule, ConnectRefusal answer) {
    parts
        .refusals()
        .note(
            client.tenant(),
            client.auditName(),
            "connect.refused",
            request.clientId(),
            request.connection().remote().getHostString(),
            rule);
    return new Admission.Refused(answer);
  }
}
