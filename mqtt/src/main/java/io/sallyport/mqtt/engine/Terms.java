package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.codec.ConnAckProperties;
import io.sallyport.mqtt.codec.ConnectProperties;
import io.sallyport.mqtt.codec.MqttPacket;
import java.time.Duration;

/**
 * What holds on one connection beside its limits, and what CONNACK of version 5 says about it, MQTT
 * 5 §3.2.2.3.
 *
 * @param keepAliveSeconds 0 for none
 * @param topicAliasMax that the client may use
 * @param connAck nothing in 3.x
 */
record Terms(int keepAliveSeconds, int topicAliasMax, ConnAckProperties connAck) {
  static Terms of(EngineContext engine, MqttPacket.Connect connect, SessionClaim claim) {
    if (connect.version() != MqttVersion.V5) {
      return new Terms(connect.keepAliveSeconds(), 0, ConnAckProperties.NONE);
    }
    ClientLimits limits = claim.admitted().limits();
    ClientLimits.Offer offer = limits.offer();
    int asked = connect.keepAliveSeconds();
    int most = offer.keepAliveSecondsMax();
    boolean ours = most > 0 && (asked == 0 || asked > most); // [v5:MQTT-3.2.2-21]
    boolean roomForAliases =
        engine.metrics().aliasBytes().get() < engine.config().aliases().bytesMax();
    int topicAliasMax = roomForAliases ? offer.topicAliasMax() : 0;
    return new Terms(
        ours ? most : asked,
        topicAliasMax,
        new ConnAckProperties.Builder()
            .sessionExpirySeconds(expirySeconds(connect, claim.keepFor()))
            .receiveMax(Math.min(limits.receiveMax(), ConnectProperties.RECEIVE_MAX_UNLIMITED))
            .packetBytesMax(
                Math.min(limits.packetBytesMax(), ConnectProperties.PACKET_BYTES_UNLIMITED))
            .topicAliasMax(topicAliasMax)
            .serverKeepAliveSeconds(ours ? most : ConnAckProperties.UNCHANGED)
            .qosMax(offer.qosMax())
            .retainAvailable(offer.retainAvailable())
            .wildcardSubscriptionsAvailable(offer.wildcardsAvailable())
            .sharedSubscriptionsAvailable(offer.sharedAvailable())
            .assignedClientId(
                connect.clientId().isEmpty()
                    ? claim.admitted().session().clientId() // [v5:MQTT-3.2.2-16]
                    : null)
            .build());
  }

  /** Told only when it is not what the client asked for, MQTT 5 §3.2.2.3.2. */
  private static long expirySeconds(MqttPacket.Connect connect, Duration keepFor) {
    long given = keepFor.toSeconds();
    return given == connect.properties().sessionExpirySeconds()
        ? ConnAckProperties.UNCHANGED
        : given;
  }
}
