package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MessageProperties.PayloadFormat;
import io.sallyport.mqtt.UserProperty;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one block of properties in one pass and holds their values until the next, for the packet's
 * own decoder to take. Like {@link FieldReader}, one serves all connections of an event loop.
 */
final class PropertyReader {
  private static final long OF_MESSAGE =
      (1L << Property.PAYLOAD_FORMAT.id())
          | (1L << Property.MESSAGE_EXPIRY.id())
          | (1L << Property.CONTENT_TYPE.id())
          | (1L << Property.RESPONSE_TOPIC.id())
          | (1L << Property.CORRELATION_DATA.id())
          | (1L << Property.USER_PROPERTY.id());

  private final FieldReader in;
  private CodecLimits limits = CodecLimits.DEFAULT;
  private int bytesLeft;
  private int userPropertiesLeft;

  /** Bit n stands for identifier n. */
  private long seen;

  private PayloadFormat payloadFormat = PayloadFormat.UNSPECIFIED;
  private @Nullable String contentType;
  private @Nullable String responseTopic;
  private byte @Nullable [] correlationData;
  private long messageExpirySeconds;
  private long willDelaySeconds;
  private long sessionExpirySeconds;
  private int subscriptionIdentifier;
  private int topicAlias;
  private int topicAliasMax;
  private int receiveMax;
  private int packetBytesMax;
  private boolean requestProblemInformation;
  private boolean requestResponseInformation;
  private @Nullable String authenticationMethod;
  private byte @Nullable [] authenticationData;
  private @Nullable String reasonString;
  private @Nullable String serverReference;
  private @Nullable List<UserProperty> userProperties;

  PropertyReader(FieldReader in) {
    this.in = in;
    reset();
  }

  /**
   * Before each packet.
   *
   * @param bytesMax of all blocks of the packet together
   */
  void begin(CodecLimits packetLimits, int bytesMax) {
    limits = packetLimits;
    bytesLeft = bytesMax;
    userPropertiesLeft = packetLimits.userPropertiesMax();
    clear();
  }

  /** After each packet, so that nothing of it is held. */
  void end() {
    clear();
  }

  /**
   * Reads a block with its length in front.
   *
   * @param carrier {@link Property#in} or {@link Property#IN_WILL}
   * @return false when it is empty
   */
  boolean read(int carrier) throws MalformedPacketException {
    clear();
    int length = in.variableInteger();
    if (length == 0) {
      return false;
    }
    if (length > in.remaining()) {
      throw new MalformedPacketException(MalformedCause.PROPERTY_LENGTH);
    }
    bytesLeft -= length;
    if (bytesLeft < 0) {
      throw new MalformedPacketException(MalformedCause.PROPERTIES_TOO_LARGE);
    }
    int packetEnd = in.narrow(length);
    do {
      readOne(carrier);
    } while (in.remaining() > 0);
    in.widen(packetEnd);
    return true;
  }

  private void readOne(int carrier) throws MalformedPacketException {
    Property property = Property.ofId(in.unsignedByte());
    if (property == null || !property.mayStandIn(carrier)) {
      throw new MalformedPacketException(MalformedCause.PROPERTY_IDENTIFIER);
    }
    long bit = 1L << property.id();
    if ((seen & bit) != 0 && property != Property.USER_PROPERTY) {
      throw new MalformedPacketException(MalformedCause.PROPERTY_REPEATED);
    }
    seen |= bit;
    switch (property) {
      case PAYLOAD_FORMAT -> payloadFormat = flag() ? PayloadFormat.UTF_8 : PayloadFormat.BYTES;
      case MESSAGE_EXPIRY -> messageExpirySeconds = in.unsignedInt();
      case CONTENT_TYPE -> contentType = in.text();
      case RESPONSE_TOPIC -> responseTopic = readResponseTopic();
      case CORRELATION_DATA -> correlationData = in.prefixedBytes();
      case SUBSCRIPTION_IDENTIFIER -> subscriptionIdentifier = readSubscriptionIdentifier(carrier);
      case SESSION_EXPIRY -> sessionExpirySeconds = in.unsignedInt();
      case AUTHENTICATION_METHOD -> authenticationMethod = in.text();
      case AUTHENTICATION_DATA -> authenticationData = in.prefixedBytes();
      case REQUEST_PROBLEM_INFORMATION -> requestProblemInformation = flag();
      case REQUEST_RESPONSE_INFORMATION -> requestResponseInformation = flag();
      case WILL_DELAY -> willDelaySeconds = in.unsignedInt();
      case SERVER_REFERENCE -> serverReference = in.text();
      case REASON_STRING -> reasonString = in.text();
      case RECEIVE_MAXIMUM -> receiveMax = (int) positive(in.unsignedShort());
      case TOPIC_ALIAS_MAXIMUM -> topicAliasMax = in.unsignedShort();
      case TOPIC_ALIAS -> topicAlias = readTopicAlias();
      case USER_PROPERTY -> addUserProperty();
      case MAXIMUM_PACKET_SIZE ->
          packetBytesMax =
              (int) Math.min(positive(in.unsignedInt()), ConnectProperties.PACKET_BYTES_UNLIMITED);
      // Only a server sends these, in packets that are not read here.
      case ASSIGNED_CLIENT_ID,
          SERVER_KEEP_ALIVE,
          RESPONSE_INFORMATION,
          MAXIMUM_QOS,
          RETAIN_AVAILABLE,
          WILDCARD_SUBSCRIPTION_AVAILABLE,
          SUBSCRIPTION_IDENTIFIER_AVAILABLE,
          SHARED_SUBSCRIPTION_AVAILABLE ->
          throw new MalformedPacketException(MalformedCause.PROPERTY_IDENTIFIER);
    }
  }

  private boolean flag() throws MalformedPacketException {
    int value = in.unsignedByte();
    if (value > 1) {
      throw new MalformedPacketException(MalformedCause.PROPERTY_VALUE);
    }
    return value == 1;
  }

  private static long positive(long value) throws MalformedPacketException {
    if (value == 0) {
      throw new MalformedPacketException(MalformedCause.PROPERTY_VALUE);
    }
    return value;
  }

  private String readResponseTopic() throws MalformedPacketException {
    in.loadText(limits.topicBytesMax());
    String topic = in.loadedText();
    TopicSyntax.requireName(topic, limits); // [v5:MQTT-3.3.2-14]
    return topic;
  }

  private int readSubscriptionIdentifier(int carrier) throws MalformedPacketException {
    if (carrier == Property.in(PacketType.PUBLISH)) { // [v5:MQTT-3.3.4-6]
      throw new MalformedPacketException(MalformedCause.SUBSCRIPTION_ID_FROM_CLIENT);
    }
    return (int) positive(in.variableInteger());
  }

  private int readTopicAlias() throws MalformedPacketException {
    int alias = in.unsignedShort();
    if (alias == 0) { // [v5:MQTT-3.3.2-8]
      throw new MalformedPacketException(MalformedCause.TOPIC_ALIAS);
    }
    return alias;
  }

  private void addUserProperty() throws MalformedPacketException {
    if (userPropertiesLeft == 0) {
      throw new MalformedPacketException(MalformedCause.TOO_MANY_USER_PROPERTIES);
    }
    userPropertiesLeft--;
    List<UserProperty> list = userProperties;
    if (list == null) {
      list = new ArrayList<>(4);
      userProperties = list;
    }
    list.add(new UserProperty(in.text(), in.text()));
  }

  MessageProperties messageProperties() {
    if ((seen & OF_MESSAGE) == 0) {
      return MessageProperties.NONE;
    }
    return new MessageProperties(
        payloadFormat,
        messageExpirySeconds,
        contentType,
        responseTopic,
        correlationData,
        userProperties());
  }

  ConnectProperties connectProperties() throws MalformedPacketException {
    return new ConnectProperties(
        sessionExpirySeconds == DisconnectProperties.UNCHANGED ? 0 : sessionExpirySeconds,
        receiveMax,
        packetBytesMax,
        topicAliasMax,
        requestResponseInformation,
        requestProblemInformation,
        userProperties(),
        authentication());
  }

  AckProperties ackProperties() {
    return new AckProperties(reasonString, userProperties());
  }

  SubscribeProperties subscribeProperties() {
    return new SubscribeProperties(subscriptionIdentifier, userProperties());
  }

  DisconnectProperties disconnectProperties() {
    return new DisconnectProperties(
        sessionExpirySeconds, reasonString, serverReference, userProperties());
  }

  AuthProperties authProperties() throws MalformedPacketException {
    Authentication authentication = authentication();
    if (authentication == null) { // MQTT 5 §3.15.2.2.2
      throw new MalformedPacketException(MalformedCause.AUTHENTICATION);
    }
    return new AuthProperties(authentication, reasonString, userProperties());
  }

  List<UserProperty> userProperties() {
    return userProperties == null ? List.of() : userProperties;
  }

  long willDelaySeconds() {
    return willDelaySeconds;
  }

  int topicAlias() {
    return topicAlias;
  }

  private @Nullable Authentication authentication() throws MalformedPacketException {
    if (authenticationMethod != null) {
      return new Authentication(authenticationMethod, authenticationData);
    }
    if (authenticationData != null) { // MQTT 5 §3.1.2.11.10
      throw new MalformedPacketException(MalformedCause.AUTHENTICATION);
    }
    return null;
  }

  private void clear() {
    if (seen != 0) {
      reset();
    }
  }

  private void reset() {
    seen = 0;
    payloadFormat = PayloadFormat.UNSPECIFIED;
    contentType = null;
    responseTopic = null;
    correlationData = null;
    messageExpirySeconds = MessageProperties.NO_EXPIRY;
    willDelaySeconds = 0;
    sessionExpirySeconds = DisconnectProperties.UNCHANGED;
    subscriptionIdentifier = 0;
    topicAlias = 0;
    topicAliasMax = 0;
    receiveMax = ConnectProperties.RECEIVE_MAX_UNLIMITED;
    packetBytesMax = ConnectProperties.PACKET_BYTES_UNLIMITED;
    requestProblemInformation = true;
    requestResponseInformation = false;
    authenticationMethod = null;
    authenticationData = null;
    reasonString = null;
    serverReference = null;
    userProperties = null;
  }
}
