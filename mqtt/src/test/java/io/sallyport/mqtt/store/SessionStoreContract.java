package io.sallyport.mqtt.store;

import static io.sallyport.mqtt.store.Commits.commit;
import static io.sallyport.mqtt.store.Commits.submit;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.ClientLimits.Overflow;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.store.QueuedMessage.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every session store does; implemented by each store's test class. */
public interface SessionStoreContract {
  Scope SCOPE = new Scope("test", 1);
  Scope OTHER_SCOPE = new Scope("test", 2);
  QueueLimits QUEUE = new QueueLimits(1_000, 1 << 20, Overflow.DROP_OLDEST);

  /** A loaded store, empty at a test's first call; the same until {@link #reopened}. */
  SessionStore store();

  /** Closes the store and opens it anew over what it has stored, not loaded yet. */
  SessionStore reopened();

  static SessionRecord session(Scope scope, long number, @Nullable StoredWill will) {
    return new SessionRecord(
        new SessionKey(scope, "owner", "client-" + number),
        number,
        true,
        3_600,
        0,
        1_000,
        QUEUE,
        will);
  }

  static StoredMessage message(String topic, String payload) {
    return StoredMessage.of(topic, payload.getBytes(UTF_8), Qos.AT_LEAST_ONCE);
  }

  static QueuedMessage waiting(SessionRef session, long sequence, StoredMessage message) {
    return QueuedMessage.waiting(session, sequence, Qos.AT_LEAST_ONCE, false, List.of(), message);
  }

  static StoredSubscription subscription(String filter) {
    return new StoredSubscription(filter, SCOPE, Qos.AT_LEAST_ONCE, true, false, false, 0, 0, null);
  }

  private SessionRef newSession(Scope scope) {
    SessionRecord session = session(scope, store().newSessionNumber(), null);
    commit(store(), Batch.builder().putSession(session));
    return session.ref();
  }

  private List<QueuedMessage> rows(SessionRef session) {
    return store().rows(session, 1, 1_000, Long.MAX_VALUE);
  }

  private List<Long> sequences(SessionRef session) {
    return rows(session).stream().map(QueuedMessage::sequence).toList();
  }

  private List<StoredMessage> retained(Scope scope) {
    List<StoredMessage> found = new ArrayList<>();
    store().loadRetained(scope, found::add);
    return found;
  }

  @Test
  default void session_is_found_after_a_restart_as_it_was() {
    StoredMessage last =
        new StoredMessage(
            "wills/käse",
            new byte[] {0, 1, -1},
            new byte[] {3, 0, 1, 'x'},
            Qos.EXACTLY_ONCE,
            true,
            0,
            "author",
            "tag");
    SessionRecord withWill =
        session(SCOPE, store().newSessionNumber(), new StoredWill(last, 30, 5_000, 60));
    SessionRecord offline =
        new SessionRecord(
            new SessionKey(OTHER_SCOPE, "d:x:y", "käse"),
            store().newSessionNumber(),
            false,
            SessionRecord.NEVER,
            77,
            66,
            new QueueLimits(5, 6, Overflow.DISCONNECT),
            null);
    commit(store(), Batch.builder().putSession(withWill).putSession(offline));
    LoadedSessions loaded = LoadedSessions.of(reopened());
    assertThat(loaded.sessions()).containsExactlyInAnyOrder(withWill, offline);
    assertThat(loaded.queue(withWill.ref())).isEqualTo(QueueSummary.EMPTY);
  }

  @Test
  default void session_record_is_replaced() {
    SessionRef session = newSession(SCOPE);
    StoredWill will = new StoredWill(message("w", "later"), 0, 0, 0);
    SessionRecord later = session(SCOPE, session.number(), will);
    commit(store(), Batch.builder().putSession(later));
    assertThat(LoadedSessions.of(reopened()).sessions()).containsExactly(later);
  }

  @Test
  default void subscriptions_are_found_after_a_restart_with_their_options() {
    SessionRef session = newSession(SCOPE);
    SessionRef other = newSession(SCOPE);
    StoredSubscription shared =
        new StoredSubscription(
            "$share/g/a/+",
            OTHER_SCOPE,
            Qos.EXACTLY_ONCE,
            true,
            false,
            true,
            2,
            268_435_455,
            "owner");
    StoredSubscription commands =
        new StoredSubscription("a/#", SCOPE, Qos.AT_MOST_ONCE, false, true, false, 1, 0, null);
    commit(
        store(),
        Batch.builder()
            .putSubscription(session, shared)
            .putSubscription(session, subscription("a/#"))
            .putSubscription(session, subscription("gone"))
            .putSubscription(other, subscription("b")));
    commit(
        store(),
        Batch.builder().putSubscription(session, commands).deleteSubscription(session, "gone"));
    LoadedSessions loaded = LoadedSessions.of(reopened());
    assertThat(loaded.subscriptions(session)).containsExactlyInAnyOrder(shared, commands);
    assertThat(loaded.subscriptions(other)).containsExactly(subscription("b"));
  }

  @Test
  default void queued_messages_come_back_as_they_were() {
    SessionRef session = newSession(SCOPE);
    StoredMessage full =
        new StoredMessage(
            "käse/topic",
            new byte[] {0, -1},
            new byte[] {9, 0, 0},
            Qos.EXACTLY_ONCE,
            true,
            Long.MAX_VALUE,
            "author",
            "command 7");
    QueuedMessage first =
        QueuedMessage.waiting(session, 1, Qos.EXACTLY_ONCE, true, List.of(1, 300_000), full);
    QueuedMessage second =
        waiting(session, 2, StoredMessage.of("t", new byte[0], Qos.AT_MOST_ONCE));
    commit(store(), Batch.builder().putMessage(first).putMessage(second));
    assertThat(rows(session)).containsExactly(first, second);
    LoadedSessions loaded = LoadedSessions.of(reopened());
    assertThat(loaded.queue(session)).isEqualTo(new QueueSummary(2, full.bytes() + 1L, 1, 2));
    assertThat(rows(session)).containsExactly(first, second);
  }

  @Test
  default void rows_are_read_by_pages_of_count_and_bytes() {
    SessionRef session = newSession(SCOPE);
    SessionRef next = newSession(SCOPE);
    Batch.Builder batch = Batch.builder();
    for (int i = 1; i <= 10; i++) {
      batch.putMessage(waiting(session, i, message("t", "123456789")));
    }
    commit(store(), batch.putMessage(waiting(next, 11, message("t", "another session's"))));
    assertThat(store().rows(session, 3, 4, Long.MAX_VALUE))
        .extracting(QueuedMessage::sequence)
        .containsExactly(3L, 4L, 5L, 6L);
    assertThat(store().rows(session, 3, 100, 25))
        .extracting(QueuedMessage::sequence)
        .containsExactly(3L, 4L);
    assertThat(store().rows(session, 10, 100, 1))
        .extracting(QueuedMessage::sequence)
        .containsExactly(10L);
    assertThat(store().rows(session, 11, 100, 1_000)).isEmpty();
  }

  @Test
  default void batches_are_committed_in_the_order_of_their_submission() {
    SessionRef session = newSession(SCOPE);
    ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
    List<Integer> expected = new ArrayList<>();
    CompletableFuture<Void> last = new CompletableFuture<>();
    for (int i = 1; i <= 200; i++) {
      int number = i;
      expected.add(number);
      store()
          .submit(
              Batch.builder().putMessage(waiting(session, i, message("t", "m" + i))).build(),
              () -> order.add(number),
              last::completeExceptionally);
    }
    commit(store(), Batch.builder());
    assertThat(last).isNotDone();
    assertThat(order).containsExactlyElementsOf(expected);
    assertThat(rows(session)).hasSize(200);
  }

  @Test
  default void operations_of_a_batch_take_effect_in_order() {
    SessionRef session = newSession(SCOPE);
    commit(
        store(),
        Batch.builder()
            .putRetained(SCOPE, message("t", "one"))
            .deleteRetained(SCOPE, "t")
            .putRetained(SCOPE, message("t", "two"))
            .putMessage(waiting(session, 1, message("t", "gone")))
            .deleteMessage(session, 1)
            .markReceived(session, 5)
            .unmarkReceived(session, 5));
    assertThat(retained(SCOPE)).containsExactly(message("t", "two"));
    assertThat(rows(session)).isEmpty();
    assertThat(store().receivedIds(session)).isEmpty();
  }

  @Test
  default void empty_batch_is_committed_after_what_was_submitted_before() {
    SessionRef session = newSession(SCOPE);
    store()
        .submitLazily(
            Batch.builder().putMessage(waiting(session, 1, message("t", "lazy"))).build());
    commit(store(), Batch.builder());
    assertThat(sequences(session)).containsExactly(1L);
  }

  @Test
  default void lazy_batch_is_written_without_waiting_for_another() {
    SessionRef session = newSession(SCOPE);
    commit(store(), Batch.builder().putMessage(waiting(session, 1, message("t", "m"))));
    store().submitLazily(Batch.builder().deleteMessage(session, 1).build());
    await().untilAsserted(() -> assertThat(rows(session)).isEmpty());
    assertThat(LoadedSessions.of(reopened()).queue(session)).isEqualTo(QueueSummary.EMPTY);
  }

  @Test
  default void message_for_several_sessions_stays_until_the_last_has_it() {
    SessionRef first = newSession(SCOPE);
    SessionRef second = newSession(SCOPE);
    SessionRef third = newSession(SCOPE);
    StoredMessage big = message("t", "big".repeat(1_000));
    commit(
        store(),
        Batch.builder()
            .putMessage(waiting(first, 1, big))
            .putMessage(waiting(second, 1, big))
            .putMessage(waiting(third, 1, big)));
    commit(store(), Batch.builder().deleteMessage(first, 1));
    assertThat(rows(second)).containsExactly(waiting(second, 1, big));
    LoadedSessions loaded = LoadedSessions.of(reopened());
    assertThat(loaded.queue(second)).isEqualTo(new QueueSummary(1, big.bytes(), 1, 1));
    commit(store(), Batch.builder().deleteMessage(second, 1).deleteSession(second));
    assertThat(rows(third)).containsExactly(waiting(third, 1, big));
    commit(store(), Batch.builder().deleteMessage(third, 1));
    assertThat(rows(third)).isEmpty();
  }

  @Test
  default void message_taken_out_twice_stays_for_the_others() {
    SessionRef first = newSession(SCOPE);
    SessionRef second = newSession(SCOPE);
    SessionRef third = newSession(SCOPE);
    StoredMessage big = message("t", "big".repeat(1_000));
    commit(
        store(),
        Batch.builder()
            .putMessage(waiting(first, 1, big))
            .putMessage(waiting(second, 1, big))
            .putMessage(waiting(third, 1, big)));
    store().submitLazily(Batch.builder().deleteMessage(first, 1).build());
    store().submitLazily(Batch.builder().deleteMessage(first, 1).build());
    commit(store(), Batch.builder().deleteMessage(first, 1).deleteSession(first));
    commit(store(), Batch.builder().releaseMessage(second, 1));
    commit(store(), Batch.builder().deleteMessage(second, 1));
    assertThat(rows(third)).containsExactly(waiting(third, 1, big));
  }

  @Test
  default void released_message_keeps_nothing_but_its_packet_id() {
    SessionRef session = newSession(SCOPE);
    commit(
        store(),
        Batch.builder()
            .putMessage(
                QueuedMessage.waiting(
                    session, 65_536, Qos.EXACTLY_ONCE, false, List.of(), message("t", "m"))));
    commit(store(), Batch.builder().releaseMessage(session, 65_536));
    LoadedSessions loaded = LoadedSessions.of(reopened());
    assertThat(loaded.queue(session)).isEqualTo(new QueueSummary(1, 0, 65_536, 65_536));
    QueuedMessage released = rows(session).getFirst();
    assertThat(released.phase()).isEqualTo(Phase.RELEASED);
    assertThat(released.message()).isNull();
    assertThat(released.packetId()).isEqualTo(1);
    commit(store(), Batch.builder().deleteMessage(session, 65_536));
    assertThat(rows(session)).isEmpty();
  }

  @Test
  default void release_of_an_unknown_message_makes_none() {
    SessionRef session = newSession(SCOPE);
    commit(store(), Batch.builder().releaseMessage(session, 3).deleteMessage(session, 4));
    assertThat(rows(session)).isEmpty();
  }

  @Test
  default void messages_that_were_sent_are_told_apart() {
    SessionRef session = newSession(SCOPE);
    Batch.Builder batch = Batch.builder();
    for (int i = 1; i <= 3; i++) {
      batch.putMessage(waiting(session, i, message("t", "m")));
    }
    commit(store(), batch.noteSent(session, 2));
    assertThat(LoadedSessions.of(reopened()).queue(session).messages()).isEqualTo(3);
    assertThat(rows(session))
        .extracting(QueuedMessage::phase)
        .containsExactly(Phase.SENT, Phase.SENT, Phase.QUEUED);
  }

  @Test
  default void received_ids_survive_until_they_are_unmarked() {
    SessionRef session = newSession(SCOPE);
    SessionRef other = newSession(SCOPE);
    commit(
        store(),
        Batch.builder()
            .markReceived(session, 65_535)
            .markReceived(session, 1)
            .markReceived(session, 300)
            .markReceived(other, 2));
    commit(store(), Batch.builder().unmarkReceived(session, 1).unmarkReceived(session, 9));
    LoadedSessions.of(reopened());
    assertThat(store().receivedIds(session)).containsExactly(300, 65_535);
    assertThat(store().receivedIds(other)).containsExactly(2);
  }

  @Test
  default void deleted_session_leaves_nothing() {
    SessionRef doomed = newSession(SCOPE);
    SessionRef kept = newSession(SCOPE);
    for (SessionRef session : List.of(doomed, kept)) {
      commit(
          store(),
          Batch.builder()
              .putSubscription(session, subscription("a"))
              .putMessage(waiting(session, 1, message("t", "m")))
              .noteSent(session, 1)
              .markReceived(session, 4));
    }
    SessionRecord successor = session(SCOPE, store().newSessionNumber(), null);
    commit(
        store(),
        Batch.builder()
            .putMessage(waiting(doomed, 2, message("t", "in the same batch")))
            .deleteSession(doomed)
            .putSession(successor));
    assertThat(rows(doomed)).isEmpty();
    assertThat(store().receivedIds(doomed)).isEmpty();
    LoadedSessions loaded = LoadedSessions.of(reopened());
    assertThat(loaded.sessions())
        .extracting(SessionRecord::ref)
        .containsExactlyInAnyOrder(kept, successor.ref());
    assertThat(loaded.subscriptions(kept)).hasSize(1);
    assertThat(sequences(kept)).containsExactly(1L);
    assertThat(store().receivedIds(kept)).containsExactly(4);
  }

  @Test
  default void session_numbers_are_never_given_again() {
    SessionRef deleted = newSession(SCOPE);
    commit(store(), Batch.builder().deleteSession(deleted));
    LoadedSessions.of(reopened());
    assertThat(store().newSessionNumber()).isGreaterThan(deleted.number());
  }

  @Test
  default void retained_messages_are_kept_by_scope_and_topic() {
    StoredMessage second =
        new StoredMessage(
            "b/ö", new byte[] {1}, new byte[] {2}, Qos.EXACTLY_ONCE, true, 99, "author", "");
    commit(
        store(),
        Batch.builder()
            .putRetained(SCOPE, message("a", "old"))
            .putRetained(SCOPE, second)
            .putRetained(SCOPE, message("gone", "x"))
            .putRetained(OTHER_SCOPE, message("a", "other")));
    commit(
        store(),
        Batch.builder().putRetained(SCOPE, message("a", "new")).deleteRetained(SCOPE, "gone"));
    LoadedSessions.of(reopened());
    assertThat(retained(SCOPE)).containsExactlyInAnyOrder(message("a", "new"), second);
    assertThat(retained(OTHER_SCOPE)).containsExactly(message("a", "other"));
    assertThat(retained(new Scope("else", 1))).isEmpty();
  }

  @Test
  default void cursor_is_stored_with_the_rows_of_its_batch() {
    SessionRef session = newSession(SCOPE);
    assertThat(store().cursor(SCOPE)).isEqualTo(OptionalLong.empty());
    commit(
        store(),
        Batch.builder().putMessage(waiting(session, 1, message("t", "m"))).putCursor(SCOPE, 17));
    LoadedSessions.of(reopened());
    assertThat(store().cursor(SCOPE)).isEqualTo(OptionalLong.of(17));
    assertThat(store().cursor(OTHER_SCOPE)).isEqualTo(OptionalLong.empty());
  }

  @Test
  default void deleted_scope_leaves_nothing() {
    SessionRef doomed = newSession(SCOPE);
    SessionRef kept = newSession(OTHER_SCOPE);
    StoredMessage big = message("t", "big".repeat(1_000));
    commit(
        store(),
        Batch.builder()
            .putMessage(waiting(doomed, 1, big))
            .putMessage(waiting(doomed, 2, big))
            .putSubscription(doomed, subscription("a"))
            .markReceived(doomed, 1)
            .putRetained(SCOPE, big)
            .putCursor(SCOPE, 3)
            .putMessage(waiting(kept, 1, message("t", "m")))
            .putRetained(OTHER_SCOPE, big)
            .putCursor(OTHER_SCOPE, 4));
    commit(store(), Batch.builder().deleteScope(SCOPE));
    LoadedSessions loaded = LoadedSessions.of(reopened());
    assertThat(loaded.sessions()).extracting(SessionRecord::ref).containsExactly(kept);
    assertThat(rows(doomed)).isEmpty();
    assertThat(store().receivedIds(doomed)).isEmpty();
    assertThat(retained(SCOPE)).isEmpty();
    assertThat(store().cursor(SCOPE)).isEmpty();
    assertThat(sequences(kept)).containsExactly(1L);
    assertThat(retained(OTHER_SCOPE)).hasSize(1);
    assertThat(store().cursor(OTHER_SCOPE)).hasValue(4);
    SessionRef anew = newSession(SCOPE);
    commit(store(), Batch.builder().putMessage(waiting(anew, 1, big)));
    assertThat(rows(anew)).hasSize(1);
  }

  @Test
  default void rows_without_a_session_are_cleared_away_at_load() {
    SessionRef unknown = new SessionRef(SCOPE, store().newSessionNumber());
    SessionRef session = newSession(SCOPE);
    commit(
        store(),
        Batch.builder()
            .putMessage(waiting(unknown, 1, message("t", "m")))
            .noteSent(unknown, 1)
            .putSubscription(unknown, subscription("a"))
            .markReceived(unknown, 1)
            .putMessage(waiting(session, 1, message("t", "m"))));
    assertThat(LoadedSessions.of(reopened()).sessions()).hasSize(1);
    assertThat(rows(unknown)).isEmpty();
    assertThat(store().receivedIds(unknown)).isEmpty();
    assertThat(sequences(session)).containsExactly(1L);
  }

  @Test
  default void clearing_sessions_leaves_retained_messages_only() {
    SessionRef session = newSession(SCOPE);
    commit(
        store(),
        Batch.builder()
            .putMessage(waiting(session, 1, message("t", "m")))
            .putSubscription(session, subscription("a"))
            .markReceived(session, 1)
            .putCursor(SCOPE, 3)
            .putRetained(SCOPE, message("t", "m")));
    SessionStore opened = reopened();
    opened.clearSessions();
    assertThat(LoadedSessions.of(opened).sessions()).isEmpty();
    assertThat(rows(session)).isEmpty();
    assertThat(store().receivedIds(session)).isEmpty();
    assertThat(store().cursor(SCOPE)).isEmpty();
    assertThat(retained(SCOPE)).hasSize(1);
    assertThat(store().newSessionNumber()).isGreaterThan(session.number());
  }

  @Test
  default void submission_after_closing_is_failed() {
    SessionStore store = store();
    store.close();
    assertThatThrownBy(() -> submit(store, Batch.builder().putCursor(SCOPE, 1)).join())
        .cause()
        .isInstanceOfSatisfying(
            SessionStoreException.class,
            refused ->
                assertThat(refused.reason()).isEqualTo(SessionStoreException.Reason.STOPPING));
    assertThat(store.accepting()).isFalse();
  }
}
