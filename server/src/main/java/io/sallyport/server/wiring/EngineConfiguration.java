package io.sallyport.server.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.engine.MqttConfig;
import io.sallyport.mqtt.engine.MqttEngine;
import io.sallyport.mqtt.store.SessionStore;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.tenant.TenantKeys;
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
      ExecutorService blockingWork,
      Clock clock,
      MeterRegistry meters,
      RevocationsUnderway underway,
      SecureRandom random,
      SessionStore sessions) {
    MqttConfig defaults = MqttConfig.DEFAULT;
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
                heap.atMostAnEighth(defaults.sessions().queuedBytesPerScopeMax())),
            defaults.subscriptions(),
            defaults.retained());
    return new MqttEngine(
        limits,
        new ContractGate(watson),
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
      DataFolder data,
      Clock clock,
      ThreadFactory threads,
      MeterRegistry meters)
      throws IOException {
    RocksSessionStore sessions =
        new RocksSessionStore(
            log,
            SessionStoreLimits.DEFAULT,
            new TenantContentSeal(keys, scope -> Math.toIntExact(scope.number())),
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

    ContractGate(ObjectProvider<WatsonMessaging> watson) {
      this.watson = watson;
    }

    @Override
    public Admission admit(ConnectRequest request) {
      WatsonMessaging contract = watson.getObject();
      return contract.claims(request)
          ? contract.gate().admit(request)
          : new Admission.Refused(ConnectRefusal.NOT_AUTHORIZED);
    }

    @Override
    public Optional<WillRights> reopen(SessionKey session) {
      return watson.getObject().gate().reopen(session);
    }

    @Override
    public @Nullable Object note(Scope scope, String tag) {
      return watson.getObject().gate().note(scope, tag);
    }
  }
}
