package io.sallyport.store.rocksdb;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many rows refer to each message that is stored once for several sessions. In memory only,
 * counted from the rows at start. Changes can be taken back until they are written. For one thread.
 */
final class SharedBodies {
  private record Body(int scope, int references) {}

  private record Session(int scope, long number) {}

  private record Place(int scope, long session, long sequence) {}

  private final Map<Long, Body> bodies = new HashMap<>();

  /** Rows with a shared body per session: where there are none, deleting a row reads nothing. */
  private final Map<Session, Integer> rowsOfSessions = new HashMap<>();

  /** Rows that are put together but can't be read yet. */
  private final Map<Place, Long> unwritten = new HashMap<>();

  /** Rows that are taken out but can be read still. */
  private final Set<Place> removed = new HashSet<>();

  private final Deque<Runnable> undo = new ArrayDeque<>();
  private long lastBody;

  long newBody() {
    return ++lastBody;
  }

  /** Sees to it that new bodies get higher numbers. */
  void sawBody(long body) {
    lastBody = Math.max(lastBody, body);
  }

  boolean exists(long body) {
    return bodies.containsKey(body);
  }

  /** Counts a row that is stored already. */
  void countStored(int scope, long session, long body) {
    add(scope, session, body, 1);
  }

  void addRow(int scope, long session, long sequence, long body) {
    change(scope, session, body, 1);
    Place place = new Place(scope, session, sequence);
    @Nullable Long before = unwritten.put(place, body);
    undo.push(() -> {
      if (before == null) {
        unwritten.remove(place);
      } else {
        unwritten.put(place, before);
      }
    });
  }

  /** The body of a row that is not written yet; 0 if there is no such row. */
  long unwrittenBody(int scope, long session, long sequence) {
    return unwritten.getOrDefault(new Place(scope, session, sequence), 0L);
  }

  boolean hasRows(int scope, long session) {
    return rowsOfSessions.containsKey(new Session(scope, session));
  }

  /**
   * Takes a row out, once: until it is written, whoever looks still finds it.
   *
   * @return whether its body has no other row
   */
  boolean removeRow(int scope, long session, long sequence, long body) {
    Place place = new Place(scope, session, sequence);
    if (!bodies.containsKey(body) || !removed.add(place)) {
      return false;
    }
    undo.push(() -> removed.remove(place));
    change(scope, session, body, -1);
    @Nullable Long before = unwritten.remove(place);
    if (before != null) {
      undo.push(() -> unwritten.put(place, before));
    }
    return !bodies.containsKey(body);
  }

  /** Forgets all of a scope. */
  void removeScope(int scope) {
    Map<Long, Body> bodiesBefore = new HashMap<>(bodies);
    Map<Place, Long> unwrittenBefore = new HashMap<>(unwritten);
    Map<Session, Integer> rowsBefore = new HashMap<>(rowsOfSessions);
    bodies.values().removeIf(body -> body.scope() == scope);
    unwritten.keySet().removeIf(place -> place.scope() == scope);
    rowsOfSessions.keySet().removeIf(session -> session.scope() == scope);
    undo.push(() -> {
      bodies.clear();
      bodies.putAll(bodiesBefore);
      unwritten.clear();
      unwritten.putAll(unwrittenBefore);
      rowsOfSessions.clear();
      rowsOfSessions.putAll(rowsBefore);
    });
  }

  /** What was changed since the last mark stays. */
  void keep() {
    undo.clear();
  }

  /** Takes back what was changed since {@link #keep}. */
  void takeBack() {
    while (!undo.isEmpty()) {
      undo.pop().run();
    }
  }

  /** All rows that were put together can be read now. */
  void written() {
    unwritten.clear();
    removed.clear();
  }

  private void change(int scope, long session, long body, int by) {
    add(scope, session, body, by);
    undo.push(() -> add(scope, session, body, -by));
  }

  private void add(int scope, long session, long body, int by) {
    Body counted = bodies.getOrDefault(body, new Body(scope, 0));
    if (counted.references() + by <= 0) {
      bodies.remove(body);
    } else {
      bodies.put(body, new Body(scope, counted.references() + by));
    }
    Session owner = new Session(scope, session);
    int rows = rowsOfSessions.getOrDefault(owner, 0) + by;
    if (rows <= 0) {
      rowsOfSessions.remove(owner);
    } else {
      rowsOfSessions.put(owner, rows);
    }
  }
}
