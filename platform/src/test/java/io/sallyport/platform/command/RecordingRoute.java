package io.sallyport.platform.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A route that notes what it was given; the test says which it takes and how each ends. */
final class RecordingRoute implements CommandRoute {
  private final Map<String, Outcome> open = new LinkedHashMap<>();
  private Predicate<Command> takes = command -> true;

  RecordingRoute taking(Predicate<Command> wanted) {
    takes = wanted;
    return this;
  }

  @Override
  public synchronized boolean deliver(Command command, Outcome outcome) {
    if (!takes.test(command)) {
      return false;
    }
    if (open.put(command.name(), outcome) != null) {
      throw new AssertionError(command.name() + " was delivered twice while it was open");
    }
    return true;
  }

  /** Names of the commands whose outcome is open, in the order of delivery. */
  synchronized List<String> open() {
    return List.copyOf(open.keySet());
  }

  void acknowledge(String name) {
    take(name).delivered();
  }

  void drop(String name) {
    take(name).dropped();
  }

  private synchronized Outcome take(String name) {
    Outcome outcome = open.remove(name);
    if (outcome == null) {
      throw new AssertionError(name + " is not open");
    }
    return outcome;
  }
}
