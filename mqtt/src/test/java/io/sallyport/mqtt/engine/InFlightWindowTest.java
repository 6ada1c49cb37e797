package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** MESSAGING.md section 7 row 27, MQTT-2.3.1-2. */
class InFlightWindowTest {
  private final InFlightWindow window = new InFlightWindow();

  @Test
  void ids_run_from_1_to_65535_and_begin_again() {
    for (int round = 0; round < 2; round++) {
      for (int id = 1; id <= 65_535; id++) {
        Outgoing message = added();
        assertThat(message.packetId()).isEqualTo(id);
        window.remove(message);
      }
    }
  }

  @Test
  void id_still_in_flight_after_a_whole_round_is_passed_over() {
    Outgoing stuck = added();
    Outgoing alsoStuck = added();
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 200_000; i++) {
      Outgoing message = added();
      seen.add(message.packetId());
      window.remove(message);
    }
    assertThat(stuck.packetId()).isEqualTo(1);
    assertThat(alsoStuck.packetId()).isEqualTo(2);
    assertThat(seen).doesNotContain(0, 1, 2).hasSize(65_533);
    assertThat(window.find(2)).isSameAs(alsoStuck);
  }

  @Test
  void messages_leave_in_any_order_and_the_rest_keeps_its_order() {
    List<Outgoing> messages = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      messages.add(added());
    }
    for (int i : new int[] {9, 0, 5, 4}) {
      window.remove(messages.get(i));
    }
    Outgoing last = added();
    List<Outgoing> left = new ArrayList<>();
    window.forEach(left::add);
    assertThat(left)
        .containsExactly(
            messages.get(1),
            messages.get(2),
            messages.get(3),
            messages.get(6),
            messages.get(7),
            messages.get(8),
            last);
    assertThat(window.size()).isEqualTo(7);
  }

  private Outgoing added() {
    Outgoing message =
        new Outgoing(
            Outgoing.Parcel.of(Message.of("t", new byte[0], Qos.AT_LEAST_ONCE)),
            Qos.AT_LEAST_ONCE,
            false,
            Delivery.IGNORED);
    window.add(message);
    return message;
  }
}
