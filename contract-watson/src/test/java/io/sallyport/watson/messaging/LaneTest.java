package io.sallyport.watson.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneTest {
  @Test
  void work_is_done_one_after_the_other_in_the_order_given() {
    List<Integer> done = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Lane lane = new Lane(threads);
      for (int i = 0; i < 10_000; i++) {
        int number = i;
        lane.run(() -> done.add(number));
      }
      await().until(lane::idle);
    }
    assertThat(done).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
  }

  @Test
  void a_failure_ends_one_piece_of_work_and_not_the_lane() {
    List<String> done = new ArrayList<>();
    Lane lane = new Lane(Runnable::run);
    lane.run(() -> {
      throw new IllegalStateException("meant to fail");
    });
    lane.run(() -> done.add("next"));
    assertThat(done).containsExactly("next");
    assertThat(lane.idle()).isTrue();
  }
}
