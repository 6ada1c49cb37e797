package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeldBytesTest {
  @Test
  void scopes_together_are_bounded_as_each_is() {
    HeldBytes all = new HeldBytes(100);
    HeldBytes one = new HeldBytes(60, all);
    HeldBytes other = new HeldBytes(60, all);

    one.add(50);

    assertThat(one.isFullFor(11)).isTrue();
    assertThat(one.isFullFor(10)).isFalse();
    assertThat(other.isFullFor(51)).isTrue();
    assertThat(other.isFullFor(50)).isFalse();
  }

  @Test
  void what_leaves_makes_room_in_both() {
    HeldBytes all = new HeldBytes(100);
    HeldBytes one = new HeldBytes(100, all);
    one.add(100);

    one.add(-40);

    assertThat(all.isFullFor(40)).isFalse();
    assertThat(all.isFullFor(41)).isTrue();
  }
}
