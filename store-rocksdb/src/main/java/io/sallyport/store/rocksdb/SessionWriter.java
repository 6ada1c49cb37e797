package io.sallyport.store.rocksdb;

import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.ContentPlace;
import io.sallyport.mqtt.store.Operation;
import io.sallyport.mqtt.store.QueuedMessage;
import io.sallyport.mqtt.store.SessionRecord;
import io.sallyport.mqtt.store.SessionRef;
import io.sallyport.mqtt.store.SessionStoreException;
import io.sallyport.mqtt.store.StoredMessage;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Puts the rows of several batches together and writes them with one call. For one thread.
 *
 * <p>Rows never depend on what they replace, so that a group whose write failed can be written
 * again, whether or not it reached the disk before.
 */
final class SessionWriter {
  private static final byte VERSION = 1;

  private final MessageForm messages;
  private final SessionForm sessions;
  private final ScopeNumbers scopes;
  private final SessionNumbers numbers;
  private final SharedBodies bodies;
  private final Clock clock;
  private final int inlineBytesMax;
  private final RowBatch rows = new RowBatch();

  /** Keys put in this group: iterators don't see them yet. */
  private final List<PutKey> putKeys = new ArrayList<>();

  private final IdentityHashMap<StoredMessage, Long> noneShared = new IdentityHashMap<>(0);
  private boolean makesRoomOnly = true;
  private boolean finished;

  private static final class PutKey {
    private final int columnFamily;
    private final byte[] key;

    PutKey(int columnFamily, byte[] key) {
      this.columnFamily = columnFamily;
      this.key = key;
    }

    boolean is(int family, byte[] wanted) {
      return columnFamily == family && Arrays.equals(key, wanted);
    }

    boolean beginsWith(int family, byte[] prefix) {
      return columnFamily == family && SessionKeys.beginsWith(key, prefix);
    }
  }

  /**
   * @param inlineBytesMax payload up to which a message is stored with each session that gets it
   */
  SessionWriter(
      MessageForm messages,
      SessionForm sessions,
      ScopeNumbers scopes,
      SessionNumbers numbers,
      SharedBodies bodies,
      Clock clock,
      int inlineBytesMax) {
    this.messages = messages;
    this.sessions = sessions;
    this.scopes = scopes;
    this.numbers = numbers;
    this.bodies = bodies;
    this.clock = clock;
    this.inlineBytesMax = inlineBytesMax;
  }

  /**
   * Adds a batch to the group, whole or, if this throws, not at all.
   *
   * @throws SessionStoreException {@code GONE} or {@code UNSTORABLE}
   */
  void add(LogDatabase database, Batch batch) throws RocksDBException {
    RowBatch.Mark mark = rows.mark();
    int keys = putKeys.size();
    boolean roomOnly = makesRoomOnly;
    boolean done = false;
    try {
      IdentityHashMap<StoredMessage, Long> shared = sharedOf(batch);
      for (Operation operation : batch.operations()) {
        add(database, operation, shared);
      }
      bodies.keep();
      done = true;
    } finally {
      if (!done) {
        rows.backTo(mark);
        putKeys.subList(keys, putKeys.size()).clear();
        makesRoomOnly = roomOnly;
        bodies.takeBack();
      }
    }
  }

  /** Ends the group; what {@link #write} writes does not change any more. */
  void finish(LogDatabase database) {
    if (!rows.isEmpty() && !finished) {
      finished = true;
      scopes.addRows(database.sessions().getID(), rows);
      numbers.addRow(database.sessions().getID(), rows);
    }
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  int bytes() {
    return rows.bytes();
  }

  /** Whether the group frees space and takes none. */
  boolean makesRoomOnly() {
    return makesRoomOnly;
  }

  void write(LogDatabase database, WriteOptions options) throws RocksDBException {
    try (WriteBatch written = rows.toWriteBatch()) {
      database.db().write(options, written);
    }
  }

  /** Begins a new group. */
  void clear(boolean written) {
    if (written && !rows.isEmpty()) {
      scopes.written();
      numbers.written();
    }
    bodies.written();
    rows.clear();
    putKeys.clear();
    makesRoomOnly = true;
    finished = false;
  }

  /** Messages of the batch that are worth a row of their own, with no number yet. */
  private IdentityHashMap<StoredMessage, Long> sharedOf(Batch batch) {
    if (batch.operations().size() < 2) {
      return noneShared;
    }
    IdentityHashMap<StoredMessage, Long> seen = new IdentityHashMap<>(4);
    for (Operation operation : batch.operations()) {
      if (operation instanceof Operation.PutMessage(QueuedMessage _, StoredMessage message)
          && message.payload().length > inlineBytesMax) {
        seen.merge(message, 1L, Long::sum);
      }
    }
    seen.values().removeIf(times -> times < 2);
    seen.replaceAll((_, _) -> 0L);
    return seen;
  }

  private void add(
      LogDatabase database, Operation operation, IdentityHashMap<StoredMessage, Long> shared)
      throws RocksDBException {
    switch (operation) {
      case Operation.PutSession(SessionRecord session) -> putSession(database, session);
      case Operation.DeleteSession(SessionRef session) -> deleteSession(database, session);
      case Operation.PutSubscription(SessionRef session, var subscription) ->
          put(
              database.sessions(),
              SessionKeys.subscription(
                  scopes.get(session.scope()), session.number(), subscription.filter()),
              SessionForm.encode(subscription));
      case Operation.DeleteSubscription(SessionRef session, String filter) ->
          delete(
              database.sessions(),
              SessionKeys.subscription(scopes.get(session.scope()), session.number(), filter));
      case Operation.PutMessage(QueuedMessage queued, StoredMessage message) ->
          putMessage(database, queued, message, shared);
      case Operation.NoteSent(SessionRef session, long sequence) ->
          put(
              database.queues(),
              SessionKeys.of(SessionKeys.SENT, scopes.get(session.scope()), session.number()),
              eight(sequence));
      case Operation.ReleaseMessage(SessionRef session, long sequence) -> {
        int scope = scopes.get(session.scope());
        if (dropBody(database, scope, session.number(), sequence)) {
          put(
              database.queues(),
              SessionKeys.message(scope, session.number(), sequence),
              QueueRow.releasedForm(clock.millis()));
        }
      }
      case Operation.DeleteMessage(SessionRef session, long sequence) -> {
        int scope = scopes.get(session.scope());
        if (bodies.hasRows(scope, session.number())) {
          dropBody(database, scope, session.number(), sequence);
        }
        delete(database.queues(), SessionKeys.message(scope, session.number(), sequence));
      }
      case Operation.MarkReceived(SessionRef session, int packetId) ->
          put(
              database.received(),
              SessionKeys.received(scopes.get(session.scope()), session.number(), packetId),
              receivedValue());
      case Operation.UnmarkReceived(SessionRef session, int packetId) ->
          delete(
              database.received(),
              SessionKeys.received(scopes.get(session.scope()), session.number(), packetId));
      case Operation.PutRetained(Scope scope, StoredMessage message) ->
          putRetained(database, scope, message);
      case Operation.DeleteRetained(Scope scope, String topic) ->
          delete(database.retained(), SessionKeys.retained(scopes.get(scope), topic));
      case Operation.PutCursor(Scope scope, long position) ->
          put(
              database.sessions(),
              SessionKeys.ofScope(SessionKeys.CURSOR, scopes.get(scope)),
              eight(position));
      case Operation.DeleteScope(Scope scope) -> deleteScope(database, scope);
    }
  }

  static byte[] receivedValue() {
    return new byte[] {VERSION};
  }

  /** Of a message that was appended to some logs, and not yet routed. */
  static byte[] stepValue(long step) {
    return eight(step);
  }

  /** 0 for one that was received whole. */
  static long step(byte[] value) {
    return value.length == receivedValue().length ? 0 : readEight(value);
  }

  static long readEight(byte[] row) {
    RowFields.Reader fields = new RowFields.Reader(row, VERSION, "a position");
    return fields.get8();
  }

  private static byte[] eight(long value) {
    return ByteBuffer.allocate(9).put(VERSION).putLong(value).array();
  }

  private void put(ColumnFamilyHandle family, byte[] key, byte[] value) {
    int id = family.getID();
    rows.put(id, key, value);
    putKeys.add(new PutKey(id, key));
    makesRoomOnly = false;
  }

  private void delete(ColumnFamilyHandle family, byte[] key) {
    rows.delete(family.getID(), key);
  }

  private void putSession(LogDatabase database, SessionRecord session) {
    numbers.use(session.number());
    put(
        database.sessions(),
        SessionKeys.of(SessionKeys.SESSION, scopes.get(session.key().scope()), session.number()),
        sessions.encode(session, clock.millis()));
  }

  private void putMessage(
      LogDatabase database,
      QueuedMessage queued,
      StoredMessage message,
      IdentityHashMap<StoredMessage, Long> shared) {
    int scope = scopes.get(queued.session().scope());
    long session = queued.session().number();
    long now = clock.millis();
    @Nullable Long known = shared.get(message);
    long body = 0;
    if (known != null) {
      body = known == 0 ? putBody(database, queued.session().scope(), scope, message, now) : known;
      shared.put(message, body);
      bodies.addRow(scope, session, queued.sequence(), body);
    }
    RowFields row = QueueRow.of(queued, message.bytes(), now, body).fields();
    if (body == 0) {
      ContentPlace place =
          new ContentPlace(
              queued.session().scope(), ContentPlace.Kind.QUEUED, session, queued.sequence(), now);
      messages.write(message, place, row);
    }
    put(
        database.queues(),
        SessionKeys.message(scope, session, queued.sequence()),
        row.toByteArray());
  }

  private long putBody(
      LogDatabase database, Scope scope, int scopeNumber, StoredMessage message, long now) {
    long body = bodies.newBody();
    RowFields row = new RowFields().put1(VERSION).put8(now);
    messages.write(message, bodyPlace(scope, scopeNumber, body, now), row);
    put(database.queues(), SessionKeys.of(SessionKeys.BODY, scopeNumber, body), row.toByteArray());
    return body;
  }

  static ContentPlace bodyPlace(Scope scope, int scopeNumber, long body, long timeMillis) {
    return new ContentPlace(scope, ContentPlace.Kind.BODY, scopeNumber, body, timeMillis);
  }

  /** A body or a retained message: when it was stored, then the message. */
  static RowFields.Reader storedReader(byte[] value, String where) {
    return new RowFields.Reader(value, VERSION, where);
  }

  /**
   * The row no longer refers to its body, if it has one, which goes with its last row.
   *
   * @return whether there is such a row
   */
  private boolean dropBody(LogDatabase database, int scope, long session, long sequence)
      throws RocksDBException {
    byte[] key = SessionKeys.message(scope, session, sequence);
    long body = bodies.unwrittenBody(scope, session, sequence);
    boolean exists = body != 0;
    if (!exists) {
      byte @Nullable [] row = database.db().get(database.queues(), key);
      exists = row != null || isPut(database.queues(), key);
      body = row == null ? 0 : QueueRow.head(QueueRow.reader(row)).body();
    }
    if (body != 0 && bodies.removeRow(scope, session, sequence, body)) {
      delete(database.queues(), SessionKeys.of(SessionKeys.BODY, scope, body));
    }
    return exists;
  }

  private boolean isPut(ColumnFamilyHandle family, byte[] key) {
    int id = family.getID();
    for (int i = putKeys.size() - 1; i >= 0; i--) {
      if (putKeys.get(i).is(id, key)) {
        return true;
      }
    }
    return false;
  }

  private void putRetained(LogDatabase database, Scope scope, StoredMessage message) {
    int number = scopes.get(scope);
    long now = clock.millis();
    RowFields row = new RowFields().put1(VERSION).put8(now);
    messages.write(message, retainedPlace(scope, number, message.topic(), now), row);
    put(database.retained(), SessionKeys.retained(number, message.topic()), row.toByteArray());
  }

  static ContentPlace retainedPlace(Scope scope, int scopeNumber, String topic, long timeMillis) {
    return new ContentPlace(
        scope, ContentPlace.Kind.RETAINED, scopeNumber, TopicHash.of(topic), timeMillis);
  }

  // Not by ranges: with thousands of ranges every read of the column family would look at them.
  private void deleteSession(LogDatabase database, SessionRef session) throws RocksDBException {
    int scope = scopes.get(session.scope());
    long number = session.number();
    if (bodies.hasRows(scope, number)) {
      for (byte[] key :
          keys(database, database.queues(), SessionKeys.of(SessionKeys.MESSAGE, scope, number))) {
        dropBody(database, scope, number, SessionKeys.sequence(key));
      }
    }
    delete(database.sessions(), SessionKeys.of(SessionKeys.SESSION, scope, number));
    deleteAll(
        database, database.sessions(), SessionKeys.of(SessionKeys.SUBSCRIPTION, scope, number));
    deleteAll(database, database.queues(), SessionKeys.of(SessionKeys.MESSAGE, scope, number));
    delete(database.queues(), SessionKeys.of(SessionKeys.SENT, scope, number));
    deleteAll(database, database.received(), SessionKeys.receivedOf(scope, number));
  }

  private void deleteAll(LogDatabase database, ColumnFamilyHandle family, byte[] prefix)
      throws RocksDBException {
    for (byte[] key : keys(database, family, prefix)) {
      delete(family, key);
    }
  }

  /** All keys with the prefix, those of this group included. */
  private List<byte[]> keys(LogDatabase database, ColumnFamilyHandle family, byte[] prefix)
      throws RocksDBException {
    List<byte[]> found = new ArrayList<>();
    int id = family.getID();
    for (PutKey put : putKeys) {
      if (put.beginsWith(id, prefix)) {
        found.add(put.key);
      }
    }
    try (Scan scan = new Scan(database, family, prefix, SessionKeys.behind(prefix))) {
      for (scan.rows().seekToFirst(); scan.valid(); scan.rows().next()) {
        found.add(scan.rows().key());
      }
    }
    return found;
  }

  private void deleteScope(LogDatabase database, Scope scope) {
    int number = scopes.find(scope);
    if (number == 0) {
      return;
    }
    bodies.removeScope(number);
    int sessionRows = database.sessions().getID();
    delete(database.sessions(), SessionKeys.ofScope(SessionKeys.CURSOR, number));
    deleteRange(sessionRows, SessionKeys.ofScope(SessionKeys.SESSION, number));
    deleteRange(sessionRows, SessionKeys.ofScope(SessionKeys.SUBSCRIPTION, number));
    int queueRows = database.queues().getID();
    deleteRange(queueRows, SessionKeys.ofScope(SessionKeys.MESSAGE, number));
    deleteRange(queueRows, SessionKeys.ofScope(SessionKeys.SENT, number));
    deleteRange(queueRows, SessionKeys.ofScope(SessionKeys.BODY, number));
    deleteRange(database.received().getID(), SessionKeys.plainScope(number));
    deleteRange(database.retained().getID(), SessionKeys.plainScope(number));
  }

  private void deleteRange(int columnFamily, byte[] prefix) {
    rows.deleteRange(columnFamily, prefix, SessionKeys.behind(prefix));
  }
}
