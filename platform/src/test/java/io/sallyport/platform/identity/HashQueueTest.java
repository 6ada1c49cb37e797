package io.sallyport.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HashQueueTest {
  private final HashQueue queue = new HashQueue(1, 4, Thread::new);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<String> order = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    gate.countDown();
    queue.close();
    callers.shutdown();
  }

  private static HashLane lane(String tenant, String address) {
    return new HashLane(tenant, address);
  }

  /** Occupies the only thread until the gate opens. */
  private void occupy() {
    callers.execute(() ->
        queue.run(
            lane("busy", "busy"),
            () -> {
              try {
                gate.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return true;
            }));
    await().until(() -> queue.takenCount() == 1);
  }

  private CompletableFuture<Optional<String>> enqueue(String tenant, String address, String name) {
    return enqueue(lane(tenant, address), name);
  }

  private CompletableFuture<Optional<String>> enqueue(HashLane lane, String name) {
    int before = queue.waitingCount();
    CompletableFuture<Optional<String>> result =
        CompletableFuture.supplyAsync(
            () ->
                queue.run(
                    lane,
                    () -> {
                      order.add(name);
                      return name;
                    }),
            callers);
    await().until(() -> queue.waitingCount() > before || before == 4);
    return result;
  }

  @Test
  void tenants_take_turns() {
    occupy();
    List<CompletableFuture<Optional<String>>> results =
        List.of(
            enqueue("a", "1", "a1"),
            enqueue("a", "1", "a2"),
            enqueue("a", "1", "a3"),
            enqueue("b", "1", "b1"));

    gate.countDown();

    results.forEach(result -> assertThat(result.join()).isPresent());
    assertThat(order).containsExactly("a1", "b1", "a2", "a3");
  }

  @Test
  void addresses_of_one_tenant_take_turns() {
    occupy();
    List<CompletableFuture<Optional<String>>> results =
        List.of(enqueue("a", "1", "x1"), enqueue("a", "1", "x2"), enqueue("a", "2", "y1"));

    gate.countDown();

    results.forEach(result -> assertThat(result.join()).isPresent());
    assertThat(order).containsExactly("x1", "y1", "x2");
  }

  @Test
  void newcomer_is_refused_when_its_own_lane_filled_the_queue() {
    occupy();
    for (int i = 0; i < 4; i++) {
      assertThat(enqueue("a", "1", "a" + i)).isNotDone();
    }

    assertThat(queue.run(lane("a", "1"), () -> "late")).isEmpty();
  }

  @Test
  void newcomer_of_a_quiet_tenant_displaces_the_newest_of_the_loudest() {
    occupy();
    List<CompletableFuture<Optional<String>>> flood = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      flood.add(enqueue("a", "1", "a" + i));
    }

    CompletableFuture<Optional<String>> quiet = enqueue("b", "1", "b");

    assertThat(flood.get(3).join()).isEmpty();
    gate.countDown();
    assertThat(quiet.join()).hasValue("b");
    assertThat(flood.get(0).join()).isPresent();
  }

  @Test
  void newcomer_of_a_quiet_address_displaces_the_newest_of_the_loudest() {
    occupy();
    List<CompletableFuture<Optional<String>>> flood = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      flood.add(enqueue("a", "1", "a" + i));
    }

    CompletableFuture<Optional<String>> quiet = enqueue("a", "2", "b");

    assertThat(flood.get(3).join()).isEmpty();
    gate.countDown();
    assertThat(quiet.join()).hasValue("b");
  }

  @Test
  void flood_of_machines_leaves_people_every_other_turn_and_a_place() {
    occupy();
    List<CompletableFuture<Optional<String>>> results = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      results.add(enqueue("t" + i, "1", "machine" + i));
    }

    results.add(enqueue(lane("", "9").in(HashLane.Share.PEOPLE), "operator"));
    gate.countDown();

    results.forEach(result -> assertThat(result.join()).isPresent());
    assertThat(order).startsWith("operator", "machine0", "machine1");
  }

  /** THREATS T44: each from another address, they would have nearly all turns of their tenant. */
  @Test
  void flood_of_strangers_leaves_known_clients_and_newcomers_their_turns_and_places() {
    occupy();
    List<CompletableFuture<Optional<String>>> results = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      results.add(enqueue("a", "stranger" + i, "stranger" + i));
    }

    results.add(enqueue(lane("a", "8").in(HashLane.Share.NEWCOMERS), "newcomer"));
    results.add(enqueue(lane("a", "9").in(HashLane.Share.FAMILIAR), "known"));
    await().until(() -> queue.waitingCount() == 6);
    gate.countDown();

    results.forEach(result -> assertThat(result.join()).isPresent());
    assertThat(order).hasSize(6);
    assertThat(order.subList(0, 3)).contains("newcomer", "known", "stranger0");
  }

  /** Who names a person is no person yet: the share is bounded in both directions. */
  @Test
  void flood_that_pretends_to_be_people_leaves_machines_every_other_turn_and_their_places() {
    occupy();
    CompletableFuture<Optional<String>> person =
        enqueue(lane("", "1").in(HashLane.Share.PEOPLE), "person");
    CompletableFuture<Optional<String>> machine = enqueue("a", "1", "machine");

    assertThat(queue.run(lane("", "1").in(HashLane.Share.PEOPLE), () -> "one more")).isEmpty();
    gate.countDown();

    assertThat(person.join()).isPresent();
    assertThat(machine.join()).isPresent();
    assertThat(order).containsExactly("person", "machine");
  }

  @Test
  void fault_of_the_work_comes_out_and_the_thread_goes_on() {
    assertThatThrownBy(() ->
            queue.run(
                lane("a", "1"),
                () -> {
                  throw new IllegalStateException("broken");
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken");

    assertThat(queue.run(lane("a", "1"), () -> "next")).hasValue("next");
  }

  @Test
  void closed_queue_refuses() {
    queue.close();

    assertThat(queue.run(lane("a", "1"), () -> "late")).isEmpty();
  }
}
