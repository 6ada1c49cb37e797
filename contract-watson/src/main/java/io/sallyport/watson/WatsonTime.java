package io.sallyport.watson;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Times as the contract writes them: ISO 8601 with milliseconds and {@code Z}, which all client
 * libraries parse (watson-iot.md sections 6 and 9.2).
 */
public final class WatsonTime {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneOffset.UTC);

  private WatsonTime() {}

  public static String text(Instant time) {
    return FORM.format(time);
  }

  public static String text(long millis) {
    return text(Instant.ofEpochMilli(millis));
  }
}
