package io.sallyport.mqtt.store;

import static io.sallyport.mqtt.store.Commits.submit;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InMemorySessionStoreTest implements SessionStoreContract {
  private final InMemorySessionStore store = new InMemorySessionStore(Runnable::run, 10);

  @Override
  public SessionStore store() {
    return store;
  }

  @Override
  public SessionStore reopened() {
    return store;
  }

  @Test
  void full_store_refuses_and_resumes() {
    Queue<Runnable> commits = new ArrayDeque<>();
    InMemorySessionStore slow = new InMemorySessionStore(commits::add, 2);
    CompletableFuture<Void> first = submit(slow, Batch.builder());
    CompletableFuture<Void> second = submit(slow, Batch.builder());
    AtomicInteger resumed = new AtomicInteger();
    assertThat(slow.accepting()).isFalse();
    slow.whenAccepting(resumed::incrementAndGet);
    assertThat(submit(slow, Batch.builder())).isCompletedExceptionally();
    assertThat(first).isNotDone();
    commits.remove().run();
    assertThat(first).isCompleted();
    assertThat(second).isNotDone();
    assertThat(resumed).hasValue(1);
    assertThat(slow.accepting()).isTrue();
  }

  @Test
  void mark_written_by_a_log_counts_as_received() {
    SessionRecord session = SessionStoreContract.session(SCOPE, store.newSessionNumber(), null);
    Commits.commit(store, Batch.builder().putSession(session));
    store.putMark(store.stepMark(session.ref(), 9, 300));
    store.putMark(store.stepMark(session.ref(), 65_535, 1));
    assertThat(store.receivedSteps(session.ref()))
        .containsExactly(Map.entry(9, 300L), Map.entry(65_535, 1L));
    store.putMark(store.receivedMark(session.ref(), 65_535));
    assertThat(store.receivedSteps(session.ref())).containsExactly(Map.entry(9, 300L));
    assertThat(store.receivedIds(session.ref())).containsExactly(65_535);
  }
}
