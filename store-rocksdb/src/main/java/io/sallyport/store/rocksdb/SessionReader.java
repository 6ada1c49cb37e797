package io.sallyport.store.rocksdb;

import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.store.ContentPlace;
import io.sallyport.mqtt.store.QueueSummary;
import io.sallyport.mqtt.store.QueuedMessage;
import io.sallyport.mqtt.store.QueuedMessage.Phase;
import io.sallyport.mqtt.store.SessionRef;
import io.sallyport.mqtt.store.SessionStore.Loading;
import io.sallyport.mqtt.store.SessionStoreException;
import io.sallyport.mqtt.store.StoredMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/** Reads what {@link SessionWriter} wrote. Thread-safe but for {@link #load}. */
final class SessionReader {
  private static final int SWEPT_ROWS_PER_WRITE = 1_000;

  private final MessageForm messages;
  private final SessionForm sessions;
  private final ScopeNumbers scopes;
  private final SharedBodies bodies;

  SessionReader(
      MessageForm messages, SessionForm sessions, ScopeNumbers scopes, SharedBodies bodies) {
    this.messages = messages;
    this.sessions = sessions;
    this.scopes = scopes;
    this.bodies = bodies;
  }

  List<QueuedMessage> rows(
      LogDatabase database, SessionRef session, long fromSequence, int messagesMax, long bytesMax)
      throws RocksDBException {
    List<QueuedMessage> found = new ArrayList<>();
    int scope = scopes.find(session.scope());
    if (scope == 0) {
      return found;
    }
    long sentTo = sentTo(database, scope, session.number());
    long bytes = 0;
    try (Scan scan =
        new Scan(
            database,
            database.queues(),
            SessionKeys.message(scope, session.number(), fromSequence),
            SessionKeys.of(SessionKeys.MESSAGE, scope, session.number() + 1))) {
      for (scan.rows().seekToFirst();
          found.size() < messagesMax && scan.valid();
          scan.rows().next()) {
        RowFields.Reader reader = QueueRow.reader(scan.rows().value());
        QueueRow row = QueueRow.read(reader);
        bytes += row.bytes();
        if (bytes > bytesMax && !found.isEmpty()) {
          break;
        }
        long sequence = SessionKeys.sequence(scan.rows().key());
        if (row.released()) {
          found.add(
              new QueuedMessage(
                  session,
                  sequence,
                  Phase.RELEASED,
                  row.qos(),
                  row.retain(),
                  row.subscriptionIds(),
                  null));
          continue;
        }
        Phase phase = sequence <= sentTo ? Phase.SENT : Phase.QUEUED;
        message(database, session, scope, sequence, row, reader)
            .ifPresent(message ->
                found.add(
                    new QueuedMessage(
                        session,
                        sequence,
                        phase,
                        row.qos(),
                        row.retain(),
                        row.subscriptionIds(),
                        message)));
      }
    }
    return found;
  }

  private Optional<StoredMessage> message(
      LogDatabase database,
      SessionRef session,
      int scope,
      long sequence,
      QueueRow row,
      RowFields.Reader reader)
      throws RocksDBException {
    if (row.body() == 0) {
      ContentPlace place =
          new ContentPlace(
              session.scope(),
              ContentPlace.Kind.QUEUED,
              session.number(),
              sequence,
              row.storedAtMillis());
      return messages.read(reader, place);
    }
    byte @Nullable [] body =
        database.db().get(database.queues(), SessionKeys.of(SessionKeys.BODY, scope, row.body()));
    if (body == null) {
      // The row was deleted since the iterator saw it, and was the body's last.
      return Optional.empty();
    }
    RowFields.Reader fields = SessionWriter.storedReader(body, "a message of several sessions");
    long storedAtMillis = fields.get8();
    return messages.read(
        fields, SessionWriter.bodyPlace(session.scope(), scope, row.body(), storedAtMillis));
  }

  private static long sentTo(LogDatabase database, int scope, long session)
      throws RocksDBException {
    byte @Nullable [] sent =
        database.db().get(database.queues(), SessionKeys.of(SessionKeys.SENT, scope, session));
    return sent == null ? 0 : SessionWriter.readEight(sent);
  }

  List<Integer> receivedIds(LogDatabase database, SessionRef session) throws RocksDBException {
    List<Integer> ids = new ArrayList<>();
    received(database, session)
        .forEach((id, step) -> {
          if (step == 0) {
            ids.add(id);
          }
        });
    return ids;
  }

  Map<Integer, Long> receivedSteps(LogDatabase database, SessionRef session)
      throws RocksDBException {
    Map<Integer, Long> found = received(database, session);
    found.values().removeIf(step -> step == 0);
    return found;
  }

  /** Packet ids in order, with their steps; 0 for those that were received whole. */
  private Map<Integer, Long> received(LogDatabase database, SessionRef session)
      throws RocksDBException {
    Map<Integer, Long> ids = new LinkedHashMap<>();
    int scope = scopes.find(session.scope());
    if (scope == 0) {
      return ids;
    }
    byte[] prefix = SessionKeys.receivedOf(scope, session.number());
    try (Scan scan = new Scan(database, database.received(), prefix, SessionKeys.behind(prefix))) {
      for (scan.rows().seekToFirst(); scan.valid(); scan.rows().next()) {
        ids.put(SessionKeys.packetId(scan.rows().key()), SessionWriter.step(scan.rows().value()));
      }
    }
    return ids;
  }

  void retained(LogDatabase database, Scope scope, Consumer<StoredMessage> sink)
      throws RocksDBException {
    int number = scopes.find(scope);
    if (number == 0) {
      return;
    }
    byte[] prefix = SessionKeys.plainScope(number);
    try (Scan scan = new Scan(database, database.retained(), prefix, SessionKeys.behind(prefix))) {
      for (scan.rows().seekToFirst(); scan.valid(); scan.rows().next()) {
        RowFields.Reader row =
            SessionWriter.storedReader(scan.rows().value(), "a retained message");
        long storedAtMillis = row.get8();
        String topic = SessionKeys.topic(scan.rows().key());
        messages
            .read(row, SessionWriter.retainedPlace(scope, number, topic, storedAtMillis))
            .ifPresent(sink);
      }
    }
  }

  OptionalLong cursor(LogDatabase database, Scope scope) throws RocksDBException {
    int number = scopes.find(scope);
    byte @Nullable [] row =
        number == 0
            ? null
            : database
                .db()
                .get(database.sessions(), SessionKeys.ofScope(SessionKeys.CURSOR, number));
    return row == null ? OptionalLong.empty() : OptionalLong.of(SessionWriter.readEight(row));
  }

  /**
   * Tells of all sessions, counts the queues and the rows of shared bodies, and deletes what
   * belongs to no session. Before the first write.
   */
  void load(LogDatabase database, Loading loading) throws RocksDBException {
    try (Sweep sweep = new Sweep(database);
        Scan records = all(database, database.sessions(), SessionKeys.SESSION);
        Scan subscriptions = all(database, database.sessions(), SessionKeys.SUBSCRIPTION);
        Scan queued = all(database, database.queues(), SessionKeys.MESSAGE);
        Scan sent = all(database, database.queues(), SessionKeys.SENT)) {
      for (Scan scan : List.of(records, subscriptions, queued, sent)) {
        scan.rows().seekToFirst();
      }
      for (; records.valid(); records.rows().next()) {
        byte[] key = records.rows().key();
        int scopeNumber = SessionKeys.scope(key);
        long number = SessionKeys.number(key);
        Scope scope = scopes.scope(scopeNumber);
        if (scope == null) {
          throw new SessionStoreException(
              SessionStoreException.Reason.CORRUPT, "session " + number + " has an unknown scope");
        }
        long sentTo = 0;
        if (passTo(sent, scopeNumber, number, sweep, database.queues())) {
          sentTo = SessionWriter.readEight(sent.rows().value());
          sent.rows().next();
        }
        QueueSummary queue = count(database.queues(), queued, scopeNumber, number, sentTo, sweep);
        loading.session(sessions.decode(records.rows().value(), scope, number), queue);
        while (passTo(subscriptions, scopeNumber, number, sweep, database.sessions())) {
          loading.subscription(
              new SessionRef(scope, number),
              SessionForm.decode(
                  subscriptions.rows().value(), SessionKeys.filter(subscriptions.rows().key())));
          subscriptions.rows().next();
        }
      }
      sweepRest(queued, sweep, database.queues());
      sweepRest(sent, sweep, database.queues());
      sweepRest(subscriptions, sweep, database.sessions());
      sweepBodies(database, sweep);
      sweepReceived(database, sweep);
      sweep.write();
    }
  }

  private QueueSummary count(
      ColumnFamilyHandle family, Scan queued, int scope, long session, long sentTo, Sweep sweep)
      throws RocksDBException {
    int count = 0;
    long bytes = 0;
    long first = 0;
    long last = sentTo;
    byte[] head = new byte[QueueRow.HEAD_BYTES];
    while (passTo(queued, scope, session, sweep, family)) {
      queued.rows().value(head);
      QueueRow row = QueueRow.head(QueueRow.reader(head));
      long sequence = SessionKeys.sequence(queued.rows().key());
      if (row.body() != 0) {
        bodies.countStored(scope, session, row.body());
      }
      count++;
      bytes += row.bytes();
      first = first == 0 ? sequence : first;
      last = Math.max(last, sequence);
      queued.rows().next();
    }
    return new QueueSummary(count, bytes, first, last);
  }

  /** Goes on to the first row of the session, if it has one; what is passed belongs to nobody. */
  private static boolean passTo(
      Scan scan, int scope, long session, Sweep sweep, ColumnFamilyHandle family)
      throws RocksDBException {
    while (scan.valid()) {
      byte[] key = scan.rows().key();
      int order = Integer.compareUnsigned(SessionKeys.scope(key), scope);
      if (order == 0) {
        order = Long.compareUnsigned(SessionKeys.number(key), session);
      }
      if (order >= 0) {
        return order == 0;
      }
      sweep.add(family, key);
      scan.rows().next();
    }
    return false;
  }

  private static void sweepRest(Scan scan, Sweep sweep, ColumnFamilyHandle family)
      throws RocksDBException {
    for (; scan.valid(); scan.rows().next()) {
      sweep.add(family, scan.rows().key());
    }
  }

  private void sweepBodies(LogDatabase database, Sweep sweep) throws RocksDBException {
    try (Scan scan = all(database, database.queues(), SessionKeys.BODY)) {
      for (scan.rows().seekToFirst(); scan.valid(); scan.rows().next()) {
        byte[] key = scan.rows().key();
        long body = SessionKeys.number(key);
        bodies.sawBody(body);
        if (!bodies.exists(body)) {
          sweep.add(database.queues(), key);
        }
      }
    }
  }

  /** Marks that a log wrote after their session had ended. */
  private static void sweepReceived(LogDatabase database, Sweep sweep) throws RocksDBException {
    try (RocksIterator rows = database.db().newIterator(database.received())) {
      for (rows.seekToFirst(); rows.isValid(); rows.next()) {
        byte[] key = rows.key();
        byte[] record =
            SessionKeys.of(
                SessionKeys.SESSION,
                SessionKeys.receivedScope(key),
                SessionKeys.receivedSession(key));
        if (database.db().get(database.sessions(), record) == null) {
          sweep.add(database.received(), key);
        }
      }
      rows.status();
    }
  }

  private static Scan all(LogDatabase database, ColumnFamilyHandle family, byte kind) {
    return new Scan(database, family, SessionKeys.start(kind), SessionKeys.end(kind));
  }

  /** Deletes rows, some at a time. */
  private static final class Sweep implements AutoCloseable {
    private final LogDatabase database;
    private final WriteBatch batch = new WriteBatch();

    Sweep(LogDatabase database) {
      this.database = database;
    }

    void add(ColumnFamilyHandle family, byte[] key) throws RocksDBException {
      batch.delete(family, key);
      if (batch.count() >= SWEPT_ROWS_PER_WRITE) {
        write();
      }
    }

    /** What is lost of this is swept by the next start. */
    void write() throws RocksDBException {
      if (batch.count() > 0) {
        database.db().write(database.options().unsynced, batch);
        batch.clear();
      }
    }

    @Override
    public void close() {
      batch.close();
    }
  }
}
