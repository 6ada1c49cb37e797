package io.sallyport.simulator.figures;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a process holds at one moment.
 *
 * @param liveHeapBytes of a JVM, garbage collected first; empty of other processes
 * @param outsideHeapBytes resident memory that is not a heap's
 * @param librariesBytes of that, direct buffers, TLS and other libraries'; of a JVM with {@link
 *     JvmProbe#TRACKING}
 */
public record Vitals(
    OptionalLong liveHeapBytes,
    long outsideHeapBytes,
    OptionalLong librariesBytes,
    long residentBytes,
    long descriptors,
    long threads) {
  private static final double MEBI = 1 << 20;

  /**
   * Looks, which in a JVM of some hundred MiB takes the better part of a second, most of it a
   * pause; empty when there is nothing to be seen.
   */
  public static Optional<Vitals> of(ProcessProbe process) throws InterruptedException {
    Optional<JvmProbe.Memory> jvm = new JvmProbe(process.pid()).measure();
    OptionalLong resident = process.residentBytes();
    if (resident.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Vitals(
            jvm.map(memory -> OptionalLong.of(memory.liveHeapBytes()))
                .orElseGet(OptionalLong::empty),
            jvm.map(JvmProbe.Memory::outsideHeapBytes).orElseGet(resident::getAsLong),
            jvm.map(JvmProbe.Memory::librariesBytes).orElseGet(OptionalLong::empty),
            resident.getAsLong(),
            process.descriptors().orElse(0),
            process.threads().orElse(0)));
  }

  /** On one line, for people. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "live heap %s MiB, outside it %s, of that libraries and direct buffers %s; resident %s; %,d descriptors, %d"
            + " threads",
        liveHeapBytes.isPresent() ? mebibytes(liveHeapBytes.getAsLong()) : "-",
        mebibytes(outsideHeapBytes),
        librariesBytes.isPresent() ? mebibytes(librariesBytes.getAsLong()) : "-",
        mebibytes(residentBytes),
        descriptors,
        threads);
  }

  /** How much more than before there is for each of so many things. */
  public String textOfEach(Vitals before, int things) {
    return String.format(
        Locale.ROOT,
        "%.1f KiB each: %.1f live heap, %.1f outside it",
        (liveHeapBytes.orElse(0)
                - before.liveHeapBytes.orElse(0)
                + outsideHeapBytes
                - before.outsideHeapBytes)
            / 1024.0
            / things,
        (liveHeapBytes.orElse(0) - before.liveHeapBytes.orElse(0)) / 1024.0 / things,
        (outsideHeapBytes - before.outsideHeapBytes) / 1024.0 / things);
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f", bytes / MEBI);
  }
}
