package io.sallyport.simulator.load;

import java.util.Arrays;
import java.util.Locale;

/** What a scenario can run against, in the order in which it does. */
enum TargetKind {
  /** Devices and applications over TLS. */
  TLS,
  /** The same over plain TCP. */
  PLAIN,
  /** A plain space that acknowledges what it received, without login: as other brokers do. */
  SPACE,
  /** A plain space that acknowledges what is on disk, without login. */
  SPACE_DURABLE,
  /** A mosquitto of the bench's own. */
  MOSQUITTO;

  /** The name on the command line. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static TargetKind parse(String text) {
    return Arrays.stream(values())
        .filter(kind -> kind.text().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no target is called "
                    + text
                    + "; there are "
                    + Arrays.stream(values()).map(TargetKind::text).toList()));
  }
}
