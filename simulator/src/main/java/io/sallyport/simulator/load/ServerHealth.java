package io.sallyport.simulator.load;

import io.sallyport.simulator.figures.ProcessProbe;
import io.sallyport.simulator.figures.Vitals;
import io.sallyport.simulator.site.Installation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether the server under load still stands, and what it holds.
 *
 * @param process when it is known
 * @param installation when it is ours; then its log is looked at too
 */
record ServerHealth(Optional<ProcessProbe> process, Optional<Installation> installation) {
  private static final Pattern TROUBLE =
      Pattern.compile("OutOfMemory|OutOfDirectMemory|Too many open files|\\bERROR\\b|LEAK:");
  private static final int LINES_MAX = 5;

  /** What it holds now; empty when that can't be seen. */
  Optional<Vitals> vitals() throws InterruptedException {
    return process.isPresent() ? Vitals.of(process.get()) : Optional.empty();
  }

  /** What is wrong with it, one line each. */
  List<String> troubles() throws IOException {
    List<String> troubles = new ArrayList<>();
    if (process.isPresent() && !ProcessHandle.of(process.get().pid()).isPresent()) {
      troubles.add("the server's process has ended");
    }
    if (installation.isPresent()) {
      if (!installation.get().alive()) {
        troubles.add("the server has ended" + installation.get().tail());
      }
      List<String> lines = installation.get().logged(line -> TROUBLE.matcher(line).find());
      lines.stream()
          .limit(LINES_MAX)
          .forEach(line -> troubles.add("the server's log says: " + line));
      if (lines.size() > LINES_MAX) {
        troubles.add("and " + (lines.size() - LINES_MAX) + " more such lines");
      }
    }
    return troubles;
  }
}
