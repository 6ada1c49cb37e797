package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.codec.SubscriptionIds;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.QueueSummary;
import io.sallyport.mqtt.store.QueuedMessage;
import io.sallyport.mqtt.store.SessionRef;
import io.sallyport.mqtt.store.StoredMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a durable session as rows of the store. Without a connection all of it is only
 * there; with one the next few are held here too, taken over as they are committed, or read by
 * pages when the session has fallen behind.
 */
final class SessionRows {
  /** Read at one time. */
  private static final int PAGE_MESSAGES = 64;

  private static final long PAGE_BYTES = 256 * 1024;

  /** Held in memory; beyond it the rest is read when its turn comes. */
  private static final int HELD_MESSAGES_MAX = 256;

  private static final long HELD_BYTES_MAX = 1024 * 1024;

  /** Between two looks for expired rows; by then the deletions of the former are committed. */
  private static final long SWEEP_PAUSE_MILLIS = 1_000;

  /** Sequences that may have been given before a crash to what has no row. */
  private static final int UNNOTED = 1_024;

  private final EngineContext engine;
  private final SessionRef ref;
  private final HeldBytes scopeBytes;
  private final AtomicLong sequences;
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger uncommitted = new AtomicInteger();

  /** Everything up to here is committed, or never will be. Written on the store's thread. */
  private volatile long committedTo;

  private volatile boolean ended;

  /** Nothing of what waits expires before; 0 where that is not known. */
  private final AtomicLong earliestExpiryMillis = new AtomicLong(Long.MAX_VALUE);

  /** Written by the owner. */
  private volatile boolean sweeping;

  /** Whether the sweep will find something. */
  private volatile boolean makesRoom;

  /** Written by the owner. */
  private volatile long nextSweepMillis;

  /** Written by the owner. */
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Guarded by the ledger's order. */
  private long lastRow;

  // The rest belongs to the owner.
  private final ArrayDeque<Outgoing> held = new ArrayDeque<>();
  private long heldBytes;

  /** What is before it is held, in flight or done. */
  private long readFrom;

  /** The newest that was offered and not held. */
  private long passedOver;

  /** Whether nothing but what is held waits. */
  private boolean caughtUp;

  /** Which page is waited for; 0 for none. */
  private long awaitedPage;

  private long pages;
  private final GivenWay givenWay = new GivenWay();
  private Batch.@Nullable Builder notes;
  private long sentTo;
  private boolean sentToNoted = true;

  SessionRows(EngineContext engine, SessionRef ref, QueueSummary queue) {
    this.engine = engine;
    this.ref = ref;
    this.scopeBytes = engine.scopes().state(ref.scope()).storedBytes();
    // Ids of what was sent without a row may still be known to the client.
    this.sequences = new AtomicLong(queue.lastSequence() == 0 ? 0 : queue.lastSequence() + UNNOTED);
    this.committedTo = queue.lastSequence();
    this.lastRow = queue.lastSequence();
    this.readFrom = queue.messages() == 0 ? queue.lastSequence() + 1 : queue.firstSequence();
    this.caughtUp = queue.messages() == 0;
    if (queue.messages() > 0) {
      earliestExpiryMillis.set(0);
    }
    messages.set(queue.messages());
    count(queue.bytes());
  }

  SessionRef ref() {
    return ref;
  }

  /** Where sequences come from: those of rows and of what is sent without one. */
  AtomicLong sequences() {
    return sequences;
  }

  /** Whether another message is within the limits. */
  boolean hasRoom(ClientLimits limits, StoredMessage message) {
    return fits(limits, message.bytes(), 1);
  }

  /**
   * @param times the limits; what gives way is not gone at once
   */
  boolean fits(ClientLimits limits, int more, int times) {
    return messages.get() - inFlight.get() < (long) limits.queuedMessagesMax() * times
        && bytes.get() + more <= limits.queuedBytesMax() * times
        && !scopeBytes.isFullFor(more);
  }

  /** Whether more waits than the limits allow. */
  boolean isOver(ClientLimits limits) {
    return messages.get() - inFlight.get() > limits.queuedMessagesMax()
        || bytes.get() > limits.queuedBytesMax();
  }

  /** Whether it is time to look for expired rows. */
  boolean mayHaveExpired(long nowMillis) {
    return !sweeping && earliestExpiryMillis.get() <= nowMillis && nextSweepMillis <= nowMillis;
  }

  /** Whether some have expired and are to be gone soon. */
  boolean hasExpired(long nowMillis) {
    return sweeping ? makesRoom : earliestExpiryMillis.get() != 0 && mayHaveExpired(nowMillis);
  }

  private void noteExpiry(StoredMessage message) {
    if (message.expiresAtMillis() != 0) {
      earliestExpiryMillis.accumulateAndGet(message.expiresAtMillis(), Math::min);
    }
  }

  /** Under the ledger's order: gives it its sequence. */
  void put(Batch.Builder batch, Outgoing message, StoredMessage stored) {
    long sequence = sequences.incrementAndGet();
    message.becomeRow(sequence, lastRow, stored.bytes());
    lastRow = sequence;
    uncommitted.incrementAndGet();
    messages.incrementAndGet();
    count(stored.bytes());
    noteExpiry(stored);
    batch.putMessage(
        QueuedMessage.waiting(
            ref, sequence, message.qos(), message.retain(), list(message.ids()), stored));
  }

  private static List<Integer> list(SubscriptionIds ids) {
    List<Integer> list = new ArrayList<>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      list.add(ids.get(i));
    }
    return list;
  }

  /** On the store's thread, in the order of sequences. */
  void committed(Session session, Outgoing message) {
    long sequence = message.sequence;
    uncommitted.decrementAndGet();
    boolean taken = session.isConnected() && session.offerIfRoom(message);
    committedTo = sequence;
    if (!taken && session.isConnected()) { // Also if it has been connected since.
      session.rowsWait();
    }
  }

  /** Its batch has failed. */
  void withdraw(Outgoing message) {
    uncommitted.decrementAndGet();
    uncount(message);
  }

  /** Rows put and not yet told as committed. */
  int uncommitted() {
    return uncommitted.get();
  }

  /** From any thread. */
  private void uncount(Outgoing message) {
    if (!ended) {
      messages.decrementAndGet();
      count(-message.rowBytes());
    }
  }

  private void count(long change) {
    bytes.addAndGet(change);
    scopeBytes.add(change);
  }

  /** Owner: takes over a row that has been committed; false when it will be read, or has been. */
  boolean take(Outgoing message, boolean connected) {
    if (message.sequence < readFrom) {
      return false;
    }
    boolean room = held.size() < HELD_MESSAGES_MAX && heldBytes < HELD_BYTES_MAX;
    if (connected && caughtUp && room && message.previousRow() < readFrom) {
      readFrom = message.sequence + 1;
      return true;
    }
    caughtUp = false;
    passedOver = Math.max(passedOver, message.sequence);
    return false;
  }

  /** Owner: behind those held. */
  void hold(Outgoing message) {
    held.add(message);
    heldBytes += message.bytes();
  }

  @Nullable Outgoing peek() {
    return held.peek();
  }

  @Nullable Outgoing poll() {
    Outgoing message = held.poll();
    if (message != null) {
      heldBytes -= message.bytes();
    }
    return message;
  }

  void removeIf(Predicate<Outgoing> condition) {
    Iterator<Outgoing> each = held.iterator();
    while (each.hasNext()) {
      Outgoing message = each.next();
      if (condition.test(message)) {
        each.remove();
        heldBytes -= message.bytes();
      }
    }
  }

  boolean nothingHeld() {
    return held.isEmpty();
  }

  boolean isCaughtUp() {
    return caughtUp;
  }

  /** Owner: a connection has opened. */
  void attach() {
    awaitedPage = 0;
    caughtUp = held.isEmpty() && readFrom > committedTo && readFrom > passedOver;
  }

  /** Owner: the connection has ended: what is held is in the store too. */
  void detach() {
    awaitedPage = 0;
    Outgoing first = held.peek();
    if (first != null) {
      readFrom = first.sequence;
      held.clear();
      heldBytes = 0;
      caughtUp = false;
    }
    flushNotes();
  }

  /** Owner: rows were committed that were not offered, or not taken. */
  void fallBehind() {
    if (readFrom <= committedTo) {
      caughtUp = false;
    }
  }

  /** Owner: reads the next page, unless one is coming or enough is held. */
  void fetch(Session session) {
    if (awaitedPage != 0 || caughtUp || held.size() > PAGE_MESSAGES / 2 || ended) {
      return;
    }
    fetchAnyway(session);
  }

  /** Owner: as {@link #fetch}, also without a connection, so that what is oldest gives way. */
  void fetchAnyway(Session session) {
    if (awaitedPage != 0 || ended) {
      return;
    }
    pages++;
    long page = pages;
    long from = session.isConnected() ? readFrom : givenWay.after(readFrom);
    awaitedPage = page;
    engine
        .ledger()
        .read(
            store -> {
              long readTo = committedTo; // All of these are seen.
              List<QueuedMessage> rows = store.rows(ref, from, PAGE_MESSAGES, PAGE_BYTES);
              session.onLoop(() -> session.outflow().fetched(page, rows, readTo));
            },
            session::unreadable);
  }

  /** Owner: rows that gave way before, and are still read. */
  GivenWay givenWay() {
    return givenWay;
  }

  /** Owner: begins to look for expired rows among those that are not held. */
  void sweep(Session session) {
    long now = engine.clock().millis();
    if (!ended && mayHaveExpired(now)) {
      makesRoom = hasExpired(now);
      sweeping = true;
      givenWay.beginSweep(now);
      earliestExpiryMillis.set(Long.MAX_VALUE);
      sweepFrom(session, readFrom);
    }
  }

  private void sweepFrom(Session session, long from) {
    engine
        .ledger()
        .read(
            store -> {
              List<QueuedMessage> rows = store.rows(ref, from, PAGE_MESSAGES, PAGE_BYTES);
              session.onLoop(() -> session.outflow().swept(rows));
            },
            () -> session.onLoop(this::endSweep));
  }

  /**
   * Owner: a page of the sweep.
   *
   * @return those of it that have expired and that nobody has taken yet
   */
  List<QueuedMessage> expired(Session session, List<QueuedMessage> page) {
    List<QueuedMessage> found = new ArrayList<>();
    if (ended || page.isEmpty()) {
      endSweep();
      return found;
    }
    for (QueuedMessage row : page) {
      if (row.sequence() < readFrom || givenWay.has(row)) {
        continue;
      }
      StoredMessage message = row.message();
      if (givenWay.isSwept(row)) {
        found.add(row);
      } else if (message != null) {
        noteExpiry(message);
      }
    }
    givenWay.swept(page.getLast().sequence());
    sweepFrom(session, page.getLast().sequence() + 1);
    return found;
  }

  private void endSweep() {
    nextSweepMillis = engine.clock().millis() + SWEEP_PAUSE_MILLIS;
    sweeping = false;
  }

  /** Owner: false when nobody waits for that page any more. */
  boolean arrived(long page) {
    if (page != awaitedPage) {
      return false;
    }
    awaitedPage = 0;
    return true;
  }

  /** Owner: this row of a page is held or in flight now. */
  void passed(long sequence) {
    readFrom = Math.max(readFrom, sequence + 1);
  }

  /** Owner: a page has been taken in. */
  void pageTaken(boolean empty, long readTo) {
    if (empty) {
      readFrom = Math.max(readFrom, readTo + 1);
    }
    caughtUp = readFrom > committedTo && readFrom > passedOver;
  }

  /** Owner: it is in flight from now on. */
  void started(Session session, long sequence) {
    inFlight.incrementAndGet();
    if (sequence > sentTo) {
      sentTo = sequence;
      sentToNoted = false;
      noteLater(session);
    }
  }

  /** Owner: it was in flight. */
  void leftWindow() {
    inFlight.decrementAndGet();
  }

  /** Owner: acknowledged or dropped. */
  void delete(Session session, Outgoing message) {
    uncount(message);
    if (ended) {
      return;
    }
    noteLater(session);
    Batch.Builder batch = notes;
    if (batch == null) {
      batch = Batch.builder();
      notes = batch;
    }
    batch.deleteMessage(ref, message.sequence);
  }

  /** Owner: PUBREC has come; what it took is free. */
  void release(Outgoing message) {
    if (!ended) {
      count(-message.rowBytes());
      message.releaseRow();
    }
  }

  private void noteLater(Session session) {
    if (notes == null && session.owner().inLoop()) {
      notes = Batch.builder();
      session
          .owner()
          .post(() -> {
            if (session.owner().inLoop()) { // Else it was flushed when it moved.
              flushNotes();
            }
          });
    }
  }

  /** Owner: one batch for what a turn of the loop has acknowledged and sent. */
  void flushNotes() {
    Batch.Builder batch = notes;
    notes = null;
    if (batch == null || ended) {
      return;
    }
    if (!sentToNoted) {
      sentToNoted = true;
      batch.noteSent(ref, sentTo);
    }
    if (!batch.isEmpty()) {
      engine.ledger().note(batch.build());
    }
  }

  /** Owner: the session's rows go with it. */
  void end() {
    if (!ended) {
      ended = true;
      notes = null;
      held.clear();
      scopeBytes.add(-bytes.get());
    }
  }
}
