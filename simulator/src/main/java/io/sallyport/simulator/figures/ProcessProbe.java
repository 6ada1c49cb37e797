package io.sallyport.simulator.figures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Reads a process's CPU time and memory from {@code /proc}; empty where there is none. */
public final class ProcessProbe {
  /** Linux reports to user space in ticks of 10 ms on every architecture (USER_HZ). */
  private static final long MICROS_PER_TICK = 10_000;

  private final long pid;
  private final Path folder;

  public ProcessProbe(long pid) {
    this.pid = pid;
    this.folder = Path.of("/proc", Long.toString(pid));
  }

  public long pid() {
    return pid;
  }

  /** CPU time of user and system together since the process started, in microseconds. */
  public OptionalLong cpuMicros() {
    return read("stat").map(ProcessProbe::cpuMicros).orElseGet(OptionalLong::empty);
  }

  /** Resident memory in bytes. */
  public OptionalLong residentBytes() {
    OptionalLong kibibytes = number("VmRSS:");
    return kibibytes.isPresent()
        ? OptionalLong.of(kibibytes.getAsLong() * 1024)
        : OptionalLong.empty();
  }

  /** Open descriptors: files, sockets, pipes. */
  public OptionalLong descriptors() {
    try (Stream<Path> open = Files.list(folder.resolve("fd"))) {
      return OptionalLong.of(open.count());
    } catch (IOException e) {
      // No /proc on this system, another user's process, or one that has ended.
      return OptionalLong.empty();
    }
  }

  /** Threads of the operating system. */
  public OptionalLong threads() {
    return number("Threads:");
  }

  /** proc(5): the name in field 2 may hold blanks and brackets, so count from the last bracket. */
  static OptionalLong cpuMicros(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    return OptionalLong.of(ticks * MICROS_PER_TICK);
  }

  private OptionalLong number(String field) {
    return read("status")
        .flatMap(text ->
            text.lines()
                .filter(line -> line.startsWith(field))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .findFirst())
        .map(number -> OptionalLong.of(Long.parseLong(number)))
        .orElseGet(OptionalLong::empty);
  }

  private Optional<String> read(String file) {
    try {
      return Optional.of(Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      // No /proc on this system, or the process has ended: there is no figure then.
      return Optional.empty();
    }
  }
}
