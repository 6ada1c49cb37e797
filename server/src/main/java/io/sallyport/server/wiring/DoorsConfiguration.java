package io.sallyport.server.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.engine.MqttEngine;
import io.sallyport.mqtt.listen.HttpHop;
import io.sallyport.mqtt.listen.HttpPolicy;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.certificate.P256InstallationCa;
import io.sallyport.platform.certificate.UnverifiedChain;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.DataFolder;
import io.sallyport.watson.messaging.WatsonMessaging;
import io.sallyport.web.hop.InnerHop;
import io.sallyport.web.hop.InnerHopConfig;
import io.sallyport.web.hop.InnerSocket;
import io.sallyport.web.hop.MessagingOnlyFilter;
import io.sallyport.web.hop.PeerRecord;
import io.sallyport.web.hop.PeerTable;
import java.net.UnixDomainSocketAddress;
import java.security.SecureRandom;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The doors of the house: listeners outside, and the private socket behind which HTTP lives. */
@Configuration(proxyBeanMethods = false)
class DoorsConfiguration {
  @Bean
  PeerTable peerTable(SecureRandom random) {
    return PeerTable.create(random);
  }

  @Bean
  InnerSocket innerSocket(DataFolder data, SecureRandom random) {
    return InnerSocket.in(data.runFolder(), random);
  }

  @Bean
  InnerHop innerHop(InnerSocket socket, PeerTable peers) {
    return new InnerHop(socket, peers, InnerHopConfig.DEFAULT);
  }

  @Bean
  MessagingOnlyFilter messagingOnlyFilter() {
    return new MessagingOnlyFilter();
  }

  @Bean(destroyMethod = "close")
  OpenDoors openDoors(
      ServerConfig config,
      MqttEngine engine,
      InnerSocket socket,
      PeerTable peers,
      P256InstallationCa ca,
      MeterRegistry meters,
      SecureRandom random,
      Rounds rounds,
      IdentityListeners identities,
      WatsonMessaging messaging,
      TelemetryStore log) {
    Runnable restored =
        () -> {
          engine.load();
          messaging.replay(log);
        };
    return new OpenDoors(
        config, engine, hop(socket, peers), ca, meters, random, rounds, identities, restored);
  }

  /** Joins the front's view of a connection to what the web room knows of it. */
  private static HttpHop hop(InnerSocket socket, PeerTable peers) {
    UnixDomainSocketAddress address = socket.address();
    return new HttpHop() {
      @Override
      public UnixDomainSocketAddress address() {
        return address;
      }

      @Override
      public Optional<byte[]> open(ConnectionInfo info, HttpPolicy policy, Runnable cut) {
        return peers.register(
            new PeerRecord(
                info.id(),
                info.listener(),
                info.remote(),
                info.local(),
                info.secure(),
                info.tlsProtocol(),
                info.cipherSuite(),
                info.sniHost(),
                new UnverifiedChain(info.peerCertificates().stream().map(Payload::copyOf).toList()),
                policy == HttpPolicy.MESSAGING_ONLY,
                cut));
      }

      @Override
      public void abandon(byte[] token) {
        peers.abandon(token);
      }
    };
  }
}
