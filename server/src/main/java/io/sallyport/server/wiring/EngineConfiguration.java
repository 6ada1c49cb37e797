package io.sallyport.server.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.engine.MqttConfig;
import io.sallyport.mqtt.engine.MqttEngine;
import io.sallyport.plain.PlainMessaging;
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
      ObjectProvider<PlainMessaging> plain,
      ExecutorService blockingWork,
      Clock clock,
      MeterRegistry meters,
      RevocationsUnderway underway) {
    MqttConfig defaults = MqttConfig.DEFAULT;
    long heldBytes = heap.atMostAnEighth(defaults.sessions().heldBytesMax());
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
                heldBytes),
            defaults.subscriptions(),
            defaults.retained());
    // The engine needs a gate, the contract behind it needs the engine's router.
    ClientGate gate =
        request -> {
          ClientGate contract = contract(request, watson.getObject(), plain.getObject());
          return contract.admit(request);
        };
    return new MqttEngine(limits, gate, blockingWork, clock, meters, underway::told);
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
