package io.sallyport.mqtt.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class HelloLineTest {
  private final Deque<Runnable> loop = new ArrayDeque<>();
  private final HelloLine line = new HelloLine(loop::add);
  private final List<String> served = new ArrayList<>();

  private void arrives(boolean comesBack, String name) {
    line.add(comesBack, () -> served.add(name));
  }

  private void run() {
    for (Runnable step = loop.poll(); step != null; step = loop.poll()) {
      step.run();
    }
  }

  @Test
  void those_who_come_back_get_every_second_turn_behind_any_number_of_strangers() {
    for (int i = 0; i < 1_000; i++) {
      arrives(false, "stranger");
    }
    arrives(true, "first");
    arrives(true, "second");

    run();

    assertThat(served).hasSize(1_002);
    assertThat(served.indexOf("first")).isLessThanOrEqualTo(1);
    assertThat(served.indexOf("second")).isLessThanOrEqualTo(3);
  }

  @Test
  void strangers_get_every_second_turn_behind_any_number_who_come_back() {
    for (int i = 0; i < 1_000; i++) {
      arrives(true, "again");
    }
    arrives(false, "stranger");

    run();

    assertThat(served.indexOf("stranger")).isLessThanOrEqualTo(1);
  }

  @Test
  void each_kind_alone_gets_all_turns_in_order_of_arrival() {
    arrives(false, "a");
    arrives(false, "b");
    run();
    arrives(true, "c");
    arrives(true, "d");
    run();

    assertThat(served).containsExactly("a", "b", "c", "d");
    assertThat(loop).isEmpty();
  }

  @Test
  void one_turn_at_a_time_so_that_the_loop_reads_sockets_in_between() {
    arrives(false, "a");
    arrives(false, "b");

    loop.remove().run();

    assertThat(served).containsExactly("a");
  }
}
