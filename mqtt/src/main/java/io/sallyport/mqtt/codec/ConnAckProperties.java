package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Properties of CONNACK, MQTT 5 §3.2.2.3. A value that the standard gives to the absent property is
 * not written.
 *
 * @param sessionExpirySeconds -1 leaves the client's
 * @param serverKeepAliveSeconds -1 leaves the client's
 */
public record ConnAckProperties(
    long sessionExpirySeconds,
    int receiveMax,
    Qos qosMax,
    boolean retainAvailable,
    int packetBytesMax,
    @Nullable String assignedClientId,
    int topicAliasMax,
    @Nullable String reasonString,
    List<UserProperty> userProperties,
    boolean wildcardSubscriptionsAvailable,
    boolean subscriptionIdentifiersAvailable,
    boolean sharedSubscriptionsAvailable,
    int serverKeepAliveSeconds,
    @Nullable String responseInformation,
    @Nullable String serverReference,
    @Nullable Authentication authentication) {
  public static final int UNCHANGED = -1;

  public static final ConnAckProperties NONE = new Builder().build();

  public ConnAckProperties {
    userProperties = List.copyOf(userProperties);
  }

  ConnAckProperties withoutDiagnostics() {
    return reasonString == null && userProperties.isEmpty()
        ? this
        : new ConnAckProperties(
            sessionExpirySeconds,
            receiveMax,
            qosMax,
            retainAvailable,
            packetBytesMax,
            assignedClientId,
            topicAliasMax,
            null,
            List.of(),
            wildcardSubscriptionsAvailable,
            subscriptionIdentifiersAvailable,
            sharedSubscriptionsAvailable,
            serverKeepAliveSeconds,
            responseInformation,
            serverReference,
            authentication);
  }

  /** Starts from the values of absent properties. */
  public static final class Builder {
    private long sessionExpirySeconds = UNCHANGED;
    private int receiveMax = ConnectProperties.RECEIVE_MAX_UNLIMITED;
    private Qos qosMax = Qos.EXACTLY_ONCE;
    private boolean retainAvailable = true;
    private int packetBytesMax = ConnectProperties.PACKET_BYTES_UNLIMITED;
    private @Nullable String assignedClientId;
    private int topicAliasMax;
    private @Nullable String reasonString;
    private List<UserProperty> userProperties = List.of();
    private boolean wildcardSubscriptionsAvailable = true;
    private boolean subscriptionIdentifiersAvailable = true;
    private boolean sharedSubscriptionsAvailable = true;
    private int serverKeepAliveSeconds = UNCHANGED;
    private @Nullable String responseInformation;
    private @Nullable String serverReference;
    private @Nullable Authentication authentication;

    public Builder sessionExpirySeconds(long seconds) {
      sessionExpirySeconds = seconds;
      return this;
    }

    public Builder receiveMax(int messages) {
      receiveMax = messages;
      return this;
    }

    public Builder qosMax(Qos qos) {
      qosMax = qos;
      return this;
    }

    public Builder retainAvailable(boolean available) {
      retainAvailable = available;
      return this;
    }

    public Builder packetBytesMax(int bytes) {
      packetBytesMax = bytes;
      return this;
    }

    public Builder assignedClientId(@Nullable String clientId) {
      assignedClientId = clientId;
      return this;
    }

    public Builder topicAliasMax(int aliases) {
      topicAliasMax = aliases;
      return this;
    }

    public Builder reasonString(@Nullable String text) {
      reasonString = text;
      return this;
    }

    public Builder userProperties(List<UserProperty> properties) {
      userProperties = properties;
      return this;
    }

    public Builder wildcardSubscriptionsAvailable(boolean available) {
      wildcardSubscriptionsAvailable = available;
      return this;
    }

    public Builder subscriptionIdentifiersAvailable(boolean available) {
      subscriptionIdentifiersAvailable = available;
      return this;
    }

    public Builder sharedSubscriptionsAvailable(boolean available) {
      sharedSubscriptionsAvailable = available;
      return this;
    }

    public Builder serverKeepAliveSeconds(int seconds) {
      serverKeepAliveSeconds = seconds;
      return this;
    }

    public Builder responseInformation(@Nullable String text) {
      responseInformation = text;
      return this;
    }

    public Builder serverReference(@Nullable String reference) {
      serverReference = reference;
      return this;
    }

    public Builder authentication(@Nullable Authentication value) {
      authentication = value;
      return this;
    }

    public ConnAckProperties build() {
      return new ConnAckProperties(
          sessionExpirySeconds,
          receiveMax,
          qosMax,
          retainAvailable,
          packetBytesMax,
          assignedClientId,
          topicAliasMax,
          reasonString,
          userProperties,
          wildcardSubscriptionsAvailable,
          subscriptionIdentifiersAvailable,
          sharedSubscriptionsAvailable,
          serverKeepAliveSeconds,
          responseInformation,
          serverReference,
          authentication);
    }
  }
}
