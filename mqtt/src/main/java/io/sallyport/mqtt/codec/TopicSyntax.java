package io.sallyport.mqtt.codec;

/** Rules of topic names and filters, MQTT 3.1.1 and 5 §4.7, beyond those of text. */
final class TopicSyntax {
  private static final String SHARE = "$share/";

  private TopicSyntax() {}

  static void requireName(String topic, CodecLimits limits) throws MalformedPacketException {
    if (topic.isEmpty()) { // [MQTT-4.7.3-1]
      throw new MalformedPacketException(MalformedCause.TOPIC_EMPTY);
    }
    int levels = 1;
    for (int i = 0; i < topic.length(); i++) {
      char c = topic.charAt(i);
      if (c == '/') {
        levels++;
      } else if (c == '+' || c == '#') { // [MQTT-3.3.2-2]
        throw new MalformedPacketException(MalformedCause.TOPIC_WILDCARD);
      }
    }
    if (levels > limits.topicLevelsMax()) {
      throw new MalformedPacketException(MalformedCause.TOPIC_TOO_DEEP);
    }
  }

  static void requireFilter(String filter, CodecLimits limits) throws MalformedPacketException {
    if (filter.isEmpty()) { // [MQTT-4.7.3-1]
      throw new MalformedPacketException(MalformedCause.TOPIC_EMPTY);
    }
    int levels = 1;
    int wildcards = 0;
    int last = filter.length() - 1;
    for (int i = 0; i <= last; i++) {
      char c = filter.charAt(i);
      if (c == '/') {
        levels++;
      } else if (c == '+' || c == '#') {
        boolean opensLevel = i == 0 || filter.charAt(i - 1) == '/';
        boolean endsLevel = i == last || (c == '+' && filter.charAt(i + 1) == '/');
        if (!opensLevel || !endsLevel) { // [MQTT-4.7.1-2], [MQTT-4.7.1-3]
          throw new MalformedPacketException(MalformedCause.FILTER_SYNTAX);
        }
        wildcards++;
      }
    }
    if (levels > limits.topicLevelsMax() || wildcards > limits.filterWildcardsMax()) {
      throw new MalformedPacketException(MalformedCause.TOPIC_TOO_DEEP);
    }
  }

  static boolean isShared(String filter) {
    return filter.startsWith(SHARE);
  }

  /**
   * MQTT 5 §4.8.2: {@code $share/name/filter}, the name without wildcards [v5:MQTT-4.8.2-1, -2].
   * What a wildcard may stand beside has been checked already.
   */
  static void requireShareName(String filter) throws MalformedPacketException {
    if (!isShared(filter)) {
      return;
    }
    int nameEnd = filter.indexOf('/', SHARE.length());
    boolean named = nameEnd > SHARE.length();
    char first = named ? filter.charAt(SHARE.length()) : '+';
    if (first == '+' || first == '#' || nameEnd == filter.length() - 1) {
      throw new MalformedPacketException(MalformedCause.FILTER_SYNTAX);
    }
  }
}
