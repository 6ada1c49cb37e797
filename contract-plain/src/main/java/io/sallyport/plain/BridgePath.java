package io.sallyport.plain;

import io.sallyport.platform.space.Bridge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The bridges that a message has passed, by number: none is passed twice, and never more than eight
 * (MESSAGING section 8, bridge loops). In an event it is part of who sent it.
 */
record BridgePath(List<Long> passed) {
  static final BridgePath NONE = new BridgePath(List.of());
  private static final String MARK = "bridge:";

  BridgePath {
    passed = List.copyOf(passed);
  }

  /** That of an event; what no bridge sent has passed none. */
  static BridgePath of(@Nullable String sentBy) {
    if (sentBy == null || !sentBy.startsWith(MARK)) {
      return NONE;
    }
    int numbers = sentBy.lastIndexOf('#');
    if (numbers < 0) {
      return NONE;
    }
    List<Long> passed = new ArrayList<>();
    for (String number : sentBy.substring(numbers + 1).split("\\.", -1)) {
      passed.add(Long.parseLong(number));
    }
    return new BridgePath(passed);
  }

  /** That of a message in a space. */
  static BridgePath ofMessage(@Nullable Object attachment) {
    return attachment instanceof BridgePath path ? path : NONE;
  }

  /** The path behind the bridge; empty when it must not pass. */
  Optional<BridgePath> then(Bridge bridge) {
    if (passed.size() >= Bridge.HOPS_MAX || passed.contains(bridge.number())) {
      return Optional.empty();
    }
    List<Long> longer = new ArrayList<>(passed);
    longer.add(bridge.number());
    return Optional.of(new BridgePath(longer));
  }

  /** Marks an event as sent by the last bridge of the path. */
  String sentBy(Bridge last) {
    return MARK
        + last.space()
        + "/"
        + last.plan().name()
        + "#"
        + passed.stream().map(String::valueOf).collect(Collectors.joining("."));
  }
}
