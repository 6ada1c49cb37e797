package io.sallyport.server.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.RestoredSession;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.engine.MqttConfig;
import io.sallyport.mqtt.engine.MqttEngine;
import io.sallyport.mqtt.store.SessionStore;
import io.sallyport.plain.PlainMessaging;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.space.PlainSpaceStore;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.DataFolder;
import io.sallyport.server.data.Restore;
import io.sallyport.store.rocksdb.RocksSessionStore;
import io.sallyport.store.rocksdb.RocksTelemetryStore;
import io.sallyport.store.rocksdb.SessionStoreLimits;
import io.sallyport.store.rocksdb.TenantContentSeal;
import io.sallyport.watson.messaging.WatsonMessaging;
import io.sallyport.web.operation.ReadinessCheck;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The MQTT engine, and which contract a CONNECT speaks. */
@Configuration(proxyBeanMethods = false)
class EngineConfiguration {
  @Bean(destroyMethod = "")
  MqttEngine mqttEngine(
      ServerConfig config,
      HeapShares heap,
      ObjectProvider<WatsonMessaging> watson,
      ObjectProvider<PlainMessaging> plain,
      ExecutorService blockingWork,
      Clock clock,
      MeterRegistry meters,
      RevocationsUnderway underway,
      SecureRandom random,
      SessionStore sessions) {
    MqttConfig defaults = MqttConfig.DEFAULT;
    long heldBytes = heap.atMostAnEighth(defaults.sessions().heldBytesMax());
    long indexBytes = heap.atMostAnEighth(defaults.subscriptions().indexBytesMax());
    MqttConfig limits =
        new MqttConfig(
            defaults.codec(),
            new MqttConfig.Logins(
                config.limits().connectionsPerListenerBeforeLogin(),
                config.limits().connectionsPerAddressBeforeLogin(),
                defaults.logins().clientIdBytesMax()),
            defaults.timeouts(),
            new MqttConfig.Sessions(
                defaults.sessions().offlineMax(),
                defaults.sessions().offlinePerScopeMax(),
                defaults.sessions().receivedIdsMax(),
                defaults.sessions().unsentBytesMax(),
                defaults.sessions().inboxMessagesMax(),
                heldBytes / 2, // So that one tenant leaves room for others.
                heldBytes,
                defaults.sessions().storedBytesPerScopeMax(),
                defaults.sessions().storedBytesMax()),
            new MqttConfig.Subscriptions(
                defaults.subscriptions().groupsPerScopeMax(),
                defaults.subscriptions().membersPerGroupMax(),
                defaults.subscriptions().matchVisitsMax(),
                indexBytes / 2,
                indexBytes),
            new MqttConfig.Retained(
                defaults.retained().messagesPerScopeMax(),
                defaults.retained().bytesPerScopeMax(),
                defaults.retained().messagesPerAuthorMax(),
                defaults.retained().bytesPerAuthorMax(),
                heap.atMostAnEighth(defaults.retained().bytesMax())));
    return new MqttEngine(
        limits,
        new ContractGate(watson, plain),
        blockingWork,
        clock,
        meters,
        underway::told,
        random,
        sessions);
  }

  /**
   * Sessions in the database of the log, to be closed before it. After a restore they all end: they
   * may belong to what was revoked since the backup (THREATS T05).
   */
  @Bean(destroyMethod = "close")
  RocksSessionStore sessionStore(
      RocksTelemetryStore log,
      TenantKeys keys,
      PlainSpaceStore spaces,
      TenantStore tenants,
      DataFolder data,
      Clock clock,
      ThreadFactory threads,
      MeterRegistry meters)
      throws IOException {
    RocksSessionStore sessions =
        new RocksSessionStore(
            log,
            SessionStoreLimits.DEFAULT,
            new TenantContentSeal(keys, new ScopeTenants(spaces, tenants)),
            clock,
            threads,
            meters);
    if (Restore.pending(data).isPresent()) {
      sessions.clearSessions();
    }
    return sessions;
  }

  @Bean
  ReadinessCheck sessionsReady(RocksSessionStore sessions) {
    return new ReadinessCheck() {
      @Override
      public String name() {
        return "sessions";
      }

      @Override
      public Optional<String> problem() {
        return sessions.health().problem().map(problem -> problem.text());
      }
    };
  }

  /** The engine needs a gate, the contract behind it needs the engine's router. */
  private static final class ContractGate implements ClientGate {
    private final ObjectProvider<WatsonMessaging> watson;
    private final ObjectProvider<PlainMessaging> plain;

    ContractGate(ObjectProvider<WatsonMessaging> watson, ObjectProvider<PlainMessaging> plain) {
      this.watson = watson;
      this.plain = plain;
    }

    @Override
    public Admission admit(ConnectRequest request) {
      return contract(request, watson.getObject(), plain.getObject()).admit(request);
    }

    @Override
    public Optional<WillRights> reopen(SessionKey session, String login) {
      return gate(session.scope()).reopen(session, login);
    }

    @Override
    public SessionRights restored(RestoredSession session, List<HeldSubscription> held) {
      return gate(session.key().scope()).restored(session, held);
    }

    @Override
    public @Nullable Object note(Scope scope, String tag) {
      return gate(scope).note(scope, tag);
    }

    private ClientGate gate(Scope scope) {
      return PlainMessaging.owns(scope) ? plain.getObject().gate() : watson.getObject().gate();
    }
  }

  /**
   * Which contract a CONNECT speaks, settled once (MESSAGING section 2): by the listener, then by
   * the kind of credential, then by the form of the client id.
   */
  private static ClientGate contract(
      ConnectRequest request, WatsonMessaging watson, PlainMessaging plain) {
    if (plain.isIdentified(request)) {
      return plain.gate();
    }
    if (watson.claimsByUser(request)) {
      return watson.gate();
    }
    if (plain.claims(request)) {
      return plain.gate();
    }
    if (watson.claims(request)) {
      return watson.gate();
    }
    // A name that nobody knows gets the answer of a wrong password.
    return request.userName().isPresent()
        ? plain.gate()
        : _ -> new Admission.Refused(ConnectRefusal.NOT_AUTHORIZED);
  }
}
