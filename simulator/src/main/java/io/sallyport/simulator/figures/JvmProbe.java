package io.sallyport.simulator.figures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM keeps, garbage left out: asked by the JDK's own {@code jcmd}, which collects garbage
 * first and gives freed native memory back. Its resident size alone tells little, since a heap that
 * has once been filled stays resident.
 */
public final class JvmProbe {
  /** The flag with which a JVM tells its native memory by kind. */
  public static final String TRACKING = "-XX:NativeMemoryTracking=summary";

  private static final int ANSWER_SECONDS_MAX = 60;
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");
  private static final Pattern TRACKED =
      Pattern.compile(
          "(?m)^(?:-\\s+)?(Total|Java Heap|Shared class space)\\W+reserved=\\d+KB, committed=(\\d+)KB");
  private static final Pattern RANGE =
      Pattern.compile("\\[0x([0-9a-f]+),(?: 0x[0-9a-f]+,)? ?0x([0-9a-f]+)\\)");
  private static final Pattern MAPPING = Pattern.compile("^([0-9a-f]+)-([0-9a-f]+) .*");

  private final long pid;

  /**
   * Memory in use.
   *
   * @param liveHeapBytes objects that survived the collection
   * @param outsideHeapBytes resident memory that is not the heap's: code, classes, buffers, TLS
   * @param librariesBytes of that, what neither the JVM allocated nor a file backs: direct buffers
   *     (Netty takes them from malloc), TLS, RocksDB; known of a JVM started with {@link #TRACKING}
   */
  public record Memory(long liveHeapBytes, long outsideHeapBytes, OptionalLong librariesBytes) {
    public long bytes() {
      return liveHeapBytes + outsideHeapBytes;
    }
  }

  public JvmProbe(long pid) {
    this.pid = pid;
  }

  /** Collects and measures; empty when the process is no JVM, or not one that we may ask. */
  public Optional<Memory> measure() throws InterruptedException {
    // Anything else would get a signal that ends it, and a file left in its folder.
    boolean jvm =
        ProcessHandle.of(pid)
            .flatMap(process -> process.info().command())
            .filter(command -> command.endsWith("/java"))
            .isPresent();
    Optional<String> histogram = jvm ? ask("GC.class_histogram") : Optional.empty();
    if (histogram.isEmpty()) {
      return Optional.empty();
    }
    // Where there is nothing to trim, this fails and the figure is as good as it gets.
    var _ = ask("System.trim_native_heap");
    Optional<String> heap = ask("GC.heap_info");
    OptionalLong live = lastNumber(histogram.get());
    OptionalLong resident = new ProcessProbe(pid).residentBytes();
    if (live.isEmpty() || heap.isEmpty() || resident.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<String> map =
          Files.readAllLines(
              Path.of("/proc", Long.toString(pid), "smaps"), StandardCharsets.ISO_8859_1);
      long heapBytes = residentHeap(heap.get(), map);
      OptionalLong tracked =
          ask("VM.native_memory", "summary").map(JvmProbe::tracked).orElseGet(OptionalLong::empty);
      return Optional.of(
          new Memory(
              live.getAsLong(),
              resident.getAsLong() - heapBytes,
              tracked.isEmpty()
                  ? OptionalLong.empty()
                  : OptionalLong.of(
                      Math.max(0, anonymous(map) - heapBytes - tracked.getAsLong()))));
    } catch (IOException e) {
      // Another user's process, or no /proc: nothing can be told then.
      return Optional.empty();
    }
  }

  /** The last line of a histogram: {@code Total, instances, bytes}. */
  static OptionalLong lastNumber(String histogram) {
    Matcher total = TOTAL.matcher(histogram);
    return total.find() ? OptionalLong.of(Long.parseLong(total.group(1))) : OptionalLong.empty();
  }

  /** What the JVM itself holds beside its heap and the classes that are mapped from a file. */
  static OptionalLong tracked(String nativeMemory) {
    Matcher line = TRACKED.matcher(nativeMemory);
    long kibibytes = 0;
    boolean found = false;
    while (line.find()) {
      boolean total = line.group(1).equals("Total");
      found |= total;
      kibibytes += (total ? 1 : -1) * Long.parseLong(line.group(2));
    }
    return found ? OptionalLong.of(kibibytes * 1024) : OptionalLong.empty();
  }

  /** What is resident and backed by no file. */
  static long anonymous(List<String> smaps) {
    return smaps.stream()
            .filter(line -> line.startsWith("Anonymous:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .sum()
        * 1024;
  }

  /** What is resident of the address ranges that the JVM names as its heap. */
  static long residentHeap(String heapInfo, List<String> smaps) {
    List<MatchResult> ranges =
        heapInfo
            .lines()
            .filter(line -> !line.contains("etaspace") && !line.contains("class space"))
            .flatMap(line -> RANGE.matcher(line).results())
            .toList();
    long kibibytes = 0;
    boolean inHeap = false;
    for (String line : smaps) {
      Matcher mapping = MAPPING.matcher(line);
      if (mapping.matches()) {
        long start = Long.parseUnsignedLong(mapping.group(1), 16);
        inHeap =
            ranges.stream()
                .anyMatch(range ->
                    Long.compareUnsigned(start, Long.parseUnsignedLong(range.group(1), 16)) >= 0
                        && Long.compareUnsigned(start, Long.parseUnsignedLong(range.group(2), 16))
                            < 0);
      } else if (inHeap && line.startsWith("Rss:")) {
        kibibytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return kibibytes * 1024;
  }

  private Optional<String> ask(String... command) throws InterruptedException {
    try {
      Path answer = Files.createTempFile("jcmd-", ".txt");
      try {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        words.add(Long.toString(pid));
        words.addAll(List.of(command));
        Process jcmd =
            new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(answer.toFile())
                .start();
        if (!jcmd.waitFor(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
          jcmd.destroyForcibly();
          return Optional.empty();
        }
        return jcmd.exitValue() == 0
            ? Optional.of(Files.readString(answer, StandardCharsets.UTF_8))
            : Optional.empty();
      } finally {
        Files.deleteIfExists(answer);
      }
    } catch (IOException e) {
      // No jcmd beside this JVM: it is a runtime without tools.
      return Optional.empty();
    }
  }
}
