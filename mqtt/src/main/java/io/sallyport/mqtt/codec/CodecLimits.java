package io.sallyport.mqtt.codec;

/**
 * Limits of the decoder that are the same for all clients.
 *
 * @param firstPacketBytesMax the CONNECT, header included
 * @param topicBytesMax a topic name or filter, in UTF-8
 * @param topicLevelsMax levels of a topic name or filter, 1 to 128
 * @param filterWildcardsMax wildcard levels of one filter
 * @param filtersPerSubscribeMax filters in one SUBSCRIBE or UNSUBSCRIBE
 * @param willBytesMax a will's payload
 * @param connectPropertyBytesMax properties of the CONNECT and of its will together
 * @param propertyBytesMax properties of any later packet
 * @param userPropertiesMax user properties of one packet
 */
public record CodecLimits(
    int firstPacketBytesMax,
    int topicBytesMax,
    int topicLevelsMax,
    int filterWildcardsMax,
    int filtersPerSubscribeMax,
    int willBytesMax,
    int connectPropertyBytesMax,
    int propertyBytesMax,
    int userPropertiesMax) {
  /** No setting goes beyond this depth. */
  public static final int TOPIC_LEVELS_CEILING = 128;

  public static final CodecLimits DEFAULT =
      new CodecLimits(16 * 1024, 1_024, 32, 16, 100, 16 * 1024, 4 * 1024, 64 * 1024, 64);

  public CodecLimits {
    if (firstPacketBytesMax < 128) {
      throw new IllegalArgumentException("firstPacketBytesMax below 128: " + firstPacketBytesMax);
    }
    if (topicBytesMax < 1 || topicBytesMax > 65_535) {
      throw new IllegalArgumentException("topicBytesMax outside 1..65535: " + topicBytesMax);
    }
    if (topicLevelsMax < 1 || topicLevelsMax > TOPIC_LEVELS_CEILING) {
      throw new IllegalArgumentException("topicLevelsMax outside 1..128: " + topicLevelsMax);
    }
    if (filterWildcardsMax < 1 || filtersPerSubscribeMax < 1) {
      throw new IllegalArgumentException("filter limits must be at least 1");
    }
    if (willBytesMax < 0
        || connectPropertyBytesMax < 0
        || propertyBytesMax < 0
        || userPropertiesMax < 0) {
      throw new IllegalArgumentException("will and property limits must not be negative");
    }
  }
}
