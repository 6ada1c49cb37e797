package io.sallyport.mqtt.engine;

import org.jspecify.annotations.Nullable;

/**
 * A filter of the form {@code $share/<share>/<filter>}, MQTT 5 §4.8.2; the same in 3.x.
 *
 * @param share at least one character, none of {@code / + #} [v5:MQTT-4.8.2-1], [v5:MQTT-4.8.2-2]
 * @param filter what is matched; not itself of this form
 */
record SharedFilter(String share, String filter) {
  private static final String PREFIX = "$share/";

  static boolean isShared(String filter) {
    return filter.startsWith(PREFIX);
  }

  /** Null when it is not well-formed; what must hold for any filter has been checked before. */
  static @Nullable SharedFilter parse(String text) {
    int nameEnd = text.indexOf('/', PREFIX.length());
    if (nameEnd <= PREFIX.length() || nameEnd == text.length() - 1) {
      return null;
    }
    String share = text.substring(PREFIX.length(), nameEnd);
    String filter = text.substring(nameEnd + 1);
    if (share.indexOf('+') >= 0 || share.indexOf('#') >= 0 || isShared(filter)) {
      return null;
    }
    return new SharedFilter(share, filter);
  }
}
