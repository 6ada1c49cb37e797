package io.sallyport.simulator.demo;

import java.util.ArrayList;
import java.util.List;

/** Collects what speaks against a pass; the demo passes when nothing does. */
final class Verdict {
  private final List<String> reasons = new ArrayList<>();

  /** Enters a reason to fail unless the statement holds. */
  void require(boolean holds, String otherwise) {
    if (!holds) {
      reasons.add(otherwise);
    }
  }

  boolean passed() {
    return reasons.isEmpty();
  }

  /** The last line of the demo. */
  String line(String success) {
    return passed() ? "PASS: " + success : "FAIL: " + String.join("; ", reasons);
  }
}
