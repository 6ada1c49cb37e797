package io.sallyport.simulator.figures;

import java.time.Duration;
import java.util.Locale;

/** How figures look: the same everywhere, in the root locale. */
public final class Texts {
  private static final int SHOWN_MAX = 200;

  private Texts() {}

  /** A duration in the unit that fits: {@code 85 µs}, {@code 3.2 ms}, {@code 1.4 s}. */
  public static String shown(Duration duration) {
    double micros = duration.toNanos() / 1_000.0;
    if (micros < 1_000) {
      return String.format(Locale.ROOT, "%.0f µs", micros);
    }
    if (micros < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f ms", micros / 1_000);
    }
    return String.format(Locale.ROOT, "%.1f s", micros / 1_000_000);
  }

  /** A count with separators: {@code 12,345}. */
  public static String shown(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Foreign text fit for a terminal: control characters replaced, long text cut. */
  public static String printable(String foreign) {
    String clean = foreign.replaceAll("\\p{Cntrl}", "·");
    return clean.length() <= SHOWN_MAX ? clean : clean.substring(0, SHOWN_MAX) + "…";
  }
}
