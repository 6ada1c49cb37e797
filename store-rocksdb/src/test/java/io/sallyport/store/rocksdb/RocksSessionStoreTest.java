package io.sallyport.store.rocksdb;

import static io.sallyport.mqtt.store.Commits.commit;
import static io.sallyport.mqtt.store.Commits.submit;
import static io.sallyport.mqtt.store.SessionStoreContract.message;
import static io.sallyport.mqtt.store.SessionStoreContract.session;
import static io.sallyport.mqtt.store.SessionStoreContract.subscription;
import static io.sallyport.mqtt.store.SessionStoreContract.waiting;
import static io.sallyport.platform.telemetry.TestEvents.anEvent;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.ReceivedMark;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.LoadedSessions;
import io.sallyport.mqtt.store.QueuedMessage;
import io.sallyport.mqtt.store.SessionRecord;
import io.sallyport.mqtt.store.SessionRef;
import io.sallyport.mqtt.store.SessionStore;
import io.sallyport.mqtt.store.SessionStoreContract;
import io.sallyport.mqtt.store.SessionStoreException;
import io.sallyport.mqtt.store.SessionStoreException.Reason;
import io.sallyport.mqtt.store.StoredMessage;
import io.sallyport.mqtt.store.StoredWill;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.Marker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

class RocksSessionStoreTest implements SessionStoreContract {
  private static final String SECRET = "the marked secret of a client";

  @TempDir Path folder;
  private SessionFixture open;

  @BeforeEach
  void openStore() {
    open = new SessionFixture(folder.resolve("first"));
    LoadedSessions.of(open.sessions);
  }

  @AfterEach
  void closeStore() {
    open.close();
  }

  @Override
  public SessionStore store() {
    return open.sessions;
  }

  @Override
  public SessionStore reopened() {
    open.close();
    open = new SessionFixture(folder.resolve("first"));
    return open.sessions;
  }

  private SessionRef newSession() {
    SessionRecord session = session(SCOPE, store().newSessionNumber(), null);
    commit(store(), Batch.builder().putSession(session));
    return session.ref();
  }

  private List<QueuedMessage> rows(SessionRef session) {
    return store().rows(session, 1, 1_000, Long.MAX_VALUE);
  }

  private static void assertReason(CompletableFuture<Void> done, Reason reason) {
    assertThatThrownBy(done::join)
        .cause()
        .isInstanceOfSatisfying(
            SessionStoreException.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  /** Everything a client could have said, in each kind of record. */
  private SessionRef putSecretsEverywhere() {
    StoredMessage secret =
        new StoredMessage(
            "topic",
            SECRET.getBytes(UTF_8),
            SECRET.getBytes(UTF_8),
            Qos.AT_LEAST_ONCE,
            false,
            0,
            "",
            SECRET);
    StoredMessage big = message("topic", SECRET.repeat(20));
    SessionRef other = newSession();
    SessionRecord session =
        session(SCOPE, store().newSessionNumber(), new StoredWill(secret, 0, 0, 0));
    commit(
        store(),
        Batch.builder()
            .putSession(session)
            .putSubscription(session.ref(), subscription("a"))
            .putMessage(waiting(session.ref(), 1, secret))
            .putMessage(waiting(session.ref(), 2, big))
            .putMessage(waiting(other, 2, big))
            .putRetained(SCOPE, secret)
            .putCursor(SCOPE, 5));
    return session.ref();
  }

  @Test
  void nothing_that_a_client_said_can_be_read_on_disk() throws IOException {
    putSecretsEverywhere();
    open.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
            .as(file.toString())
            .doesNotContain(SECRET);
      }
    }
    openStore();
  }

  @Test
  void sessions_of_a_tenant_without_keys_count_as_gone() {
    SessionRef session = putSecretsEverywhere();
    SessionRecord kept = session(OTHER_SCOPE, store().newSessionNumber(), null);
    commit(store(), Batch.builder().putSession(kept));
    open.log.keys.shred(1);
    assertThat(rows(session)).isEmpty();
    List<StoredMessage> retained = new ArrayList<>();
    store().loadRetained(SCOPE, retained::add);
    assertThat(retained).isEmpty();
    assertReason(
        submit(store(), Batch.builder().putMessage(waiting(session, 3, message("t", "after")))),
        Reason.GONE);
    assertThat(LoadedSessions.of(reopened()).sessions()).containsExactly(kept);
    assertThat(store().cursor(SCOPE)).isEmpty();
  }

  @Test
  void batch_that_cannot_be_stored_fails_alone_and_as_a_whole() {
    SessionRef session = newSession();
    StoredMessage endless = message("t".repeat(70_000), "x");
    CompletableFuture<Void> failed =
        submit(
            store(),
            Batch.builder()
                .putMessage(waiting(session, 1, message("t", "before it")))
                .putRetained(SCOPE, endless));
    commit(store(), Batch.builder().putMessage(waiting(session, 2, message("t", "after it"))));
    assertReason(failed, Reason.UNSTORABLE);
    assertThat(rows(session)).extracting(QueuedMessage::sequence).containsExactly(2L);
  }

  @Test
  void shared_body_is_counted_right_after_a_batch_that_failed() {
    SessionRef first = newSession();
    SessionRef second = newSession();
    StoredMessage big = message("t", "big".repeat(1_000));
    commit(
        store(),
        Batch.builder().putMessage(waiting(first, 1, big)).putMessage(waiting(second, 1, big)));
    CompletableFuture<Void> failed =
        submit(
            store(),
            Batch.builder()
                .deleteMessage(first, 1)
                .deleteSession(second)
                .putRetained(SCOPE, message("t".repeat(70_000), "x")));
    assertReason(failed, Reason.UNSTORABLE);
    commit(store(), Batch.builder().deleteMessage(first, 1));
    assertThat(rows(second)).containsExactly(waiting(second, 1, big));
  }

  @Test
  void body_goes_with_its_last_row() throws RocksDBException, IOException {
    SessionRef first = newSession();
    SessionRef second = newSession();
    StoredMessage big = message("t", "big".repeat(1_000));
    commit(
        store(),
        Batch.builder().putMessage(waiting(first, 1, big)).putMessage(waiting(second, 1, big)));
    assertThat(queueRows()).isEqualTo(3);
    LoadedSessions.of(reopened());
    commit(store(), Batch.builder().releaseMessage(first, 1).deleteSession(second));
    assertThat(queueRows()).isEqualTo(1);
    LoadedSessions.of(reopened());
    commit(store(), Batch.builder().deleteMessage(first, 1));
    assertThat(queueRows()).isZero();
    openStore();
  }

  /** Closes the store. */
  private int queueRows() throws RocksDBException, IOException {
    int[] count = new int[1];
    inDatabase(database -> {
      try (var rows = database.db().newIterator(database.queues())) {
        for (rows.seekToFirst(); rows.isValid(); rows.next()) {
          count[0]++;
        }
      }
    });
    return count[0];
  }

  private void inDatabase(DatabaseUse use) throws RocksDBException, IOException {
    open.close();
    try (RocksOptions options = new RocksOptions(StoreFixture.CONFIG);
        LogDatabase database =
            LogDatabase.open(
                folder.resolve("first").resolve("log"), StoreFixture.CONFIG, options)) {
      use.in(database);
    }
  }

  private interface DatabaseUse {
    void in(LogDatabase database) throws RocksDBException;
  }

  @Test
  void row_moved_to_another_place_does_not_open() throws RocksDBException, IOException {
    SessionRef session = newSession();
    commit(
        store(),
        Batch.builder()
            .putMessage(waiting(session, 1, message("t", "one")))
            .putMessage(waiting(session, 2, message("t", "two"))));
    inDatabase(database -> {
      byte[] first = SessionKeys.message(1, session.number(), 1);
      byte[] second = SessionKeys.message(1, session.number(), 2);
      byte[] row = database.db().get(database.queues(), first);
      assertThat(row).isNotNull();
      database.db().put(database.queues(), second, row);
    });
    openStore();
    assertThatThrownBy(() -> rows(session))
        .isInstanceOfSatisfying(
            SessionStoreException.class,
            damaged -> assertThat(damaged.reason()).isEqualTo(Reason.CORRUPT));
    assertThat(store().rows(session, 1, 1, 1)).hasSize(1);
  }

  @Test
  void damaged_row_is_told_and_not_taken_for_another() throws RocksDBException, IOException {
    SessionRef session = newSession();
    commit(store(), Batch.builder().putMessage(waiting(session, 1, message("t", "one"))));
    inDatabase(database ->
        database
            .db()
            .put(
                database.queues(),
                SessionKeys.message(1, session.number(), 1),
                new byte[] {99, 1}));
    open = new SessionFixture(folder.resolve("first"));
    assertThatThrownBy(() -> LoadedSessions.of(open.sessions))
        .isInstanceOf(SessionStoreException.class)
        .hasMessageContaining("unknown version 99");
  }

  @Test
  void mark_is_written_with_the_event_that_it_belongs_to() {
    SessionRef session = newSession();
    SessionRef ended = newSession();
    ReceivedMark mark = store().receivedMark(session, 77);
    ReceivedMark late = store().receivedMark(ended, 78);
    Event event = anEvent().inTenant(1).ofDevice(5).at(10).build();
    commit(store(), Batch.builder().deleteSession(ended));
    open.log.store.append(
        List.of(event, event),
        Map.of(0, new Marker(mark.key(), mark.value()), 1, new Marker(late.key(), late.value())));
    assertThat(store().receivedIds(session)).containsExactly(77);
    LoadedSessions.of(reopened());
    assertThat(store().receivedIds(session)).containsExactly(77);
    assertThat(store().receivedIds(ended)).isEmpty();
    commit(store(), Batch.builder().unmarkReceived(session, 77));
    assertThat(store().receivedIds(session)).isEmpty();
  }

  @Test
  void mark_of_a_step_is_not_that_of_a_received_message_and_gives_way_to_it() {
    SessionRef session = newSession();
    ReceivedMark mark = store().stepMark(session, 77, 300);
    Event event = anEvent().inTenant(1).ofDevice(5).at(10).build();
    open.log.store.append(List.of(event), Map.of(0, new Marker(mark.key(), mark.value())));
    LoadedSessions.of(reopened());
    assertThat(store().receivedIds(session)).isEmpty();
    assertThat(store().receivedSteps(session)).containsExactly(Map.entry(77, 300L));
    commit(store(), Batch.builder().markReceived(session, 77));
    assertThat(store().receivedIds(session)).containsExactly(77);
    assertThat(store().receivedSteps(session)).isEmpty();
  }

  @Test
  void checkpoint_holds_the_sessions() throws IOException {
    SessionRef session = newSession();
    commit(store(), Batch.builder().putMessage(waiting(session, 1, message("t", "m"))));
    Path copy = Files.createDirectories(folder.resolve("copy"));
    open.log.store.checkpoint(copy.resolve("log"));
    commit(store(), Batch.builder().deleteSession(session));
    open.close();
    Path keys = folder.resolve("first").resolve("keys");
    Files.createDirectories(copy.resolve("keys"));
    try (Stream<Path> files = Files.list(keys)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve("keys").resolve(file.getFileName()));
      }
    }
    try (SessionFixture restored = new SessionFixture(copy)) {
      assertThat(LoadedSessions.of(restored.sessions).queue(session).messages()).isEqualTo(1);
      assertThat(restored.sessions.rows(session, 1, 10, 1_000))
          .containsExactly(waiting(session, 1, message("t", "m")));
    }
    openStore();
  }

  @Test
  void batches_wait_while_there_is_no_space_but_making_room_goes_on() {
    SessionRef session = newSession();
    commit(
        store(),
        Batch.builder()
            .putMessage(waiting(session, 1, message("t", "m")))
            .putMessage(waiting(session, 2, message("t", "m"))));
    open.close();
    StoreFixture full =
        new StoreFixture(
            folder.resolve("first"), StoreFixture.CONFIG.withFreeBytesMin(Long.MAX_VALUE));
    open = new SessionFixture(full, SessionFixture.LIMITS);
    LoadedSessions.of(store());
    commit(store(), Batch.builder().deleteMessage(session, 1));
    assertThat(open.sessions.health().healthy()).isTrue();
    CompletableFuture<Void> waiting =
        submit(store(), Batch.builder().putMessage(waiting(session, 3, message("t", "m"))));
    await().until(() -> !open.sessions.health().healthy());
    assertThat(waiting).isNotDone();
    assertThat(store().accepting()).isFalse();
    assertThat(rows(session)).extracting(QueuedMessage::sequence).containsExactly(2L);
    open.sessions.close();
    assertReason(waiting, Reason.STOPPING);
  }

  @Test
  void full_queue_refuses_holds_back_and_resumes() {
    open.close();
    open =
        new SessionFixture(
            new StoreFixture(folder.resolve("first")),
            new SessionStoreLimits(
                100, 1 << 20, 10, 1 << 20, Duration.ZERO, 256, Duration.ofSeconds(2)));
    LoadedSessions.of(store());
    SessionRef session = newSession();
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger committed = new AtomicInteger();
    Batch.Builder many = Batch.builder();
    for (int i = 1; i <= 60; i++) {
      many.putMessage(waiting(session, i, message("t", "m")));
    }
    Batch batch = many.build();
    for (int i = 0; i < 200; i++) {
      store().submit(batch, committed::incrementAndGet, _ -> refused.incrementAndGet());
    }
    await().until(() -> committed.get() + refused.get() == 200);
    assertThat(refused.get()).isPositive();
    assertThat(committed.get()).isPositive();
    CompletableFuture<Void> resumed = new CompletableFuture<>();
    store().whenAccepting(() -> resumed.complete(null));
    await().until(resumed::isDone);
    commit(store(), Batch.builder().deleteSession(session));
    assertThat(rows(session)).isEmpty();
  }

  @Test
  void callback_that_throws_does_not_stop_the_next() {
    SessionRef session = newSession();
    store()
        .submit(
            Batch.builder().putMessage(waiting(session, 1, message("t", "m"))).build(),
            () -> {
              throw new IllegalStateException("a fault of the engine");
            },
            _ -> {});
    commit(store(), Batch.builder().putMessage(waiting(session, 2, message("t", "m"))));
    assertThat(rows(session)).hasSize(2);
  }
}
