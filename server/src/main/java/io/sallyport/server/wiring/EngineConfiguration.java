package io.sallyport.server.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.engine.MqttConfig;
import io.sallyport.mqtt.engine.MqttEngine;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.watson.messaging.WatsonMessaging;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
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
      RevocationsUnderway underway) {
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
    // The engine needs a gate, the contract behind it needs the engine's router.
    ClientGate gate =
        request -> {
          WatsonMessaging contract = watson.getObject();
          return contract.claims(request)
              ? contract.gate().admit(request)
              : new Admission.Refused(ConnectRefusal.NOT_AUTHORIZED);
        };
    return new MqttEngine(limits, gate, blockingWork, clock, meters, underway::told);
  }
}
