package io.sallyport.platform.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RevocationsUnderwayTest {
  private final RevocationsUnderway underway = new RevocationsUnderway();

  @Test
  void nothing_is_waited_for_when_nothing_is_underway() {
    underway.begin().close();

    assertThat(underway.told()).isCompleted();
  }

  @Test
  void all_that_are_underway_are_waited_for_and_no_later_one() {
    RevocationsUnderway.Passage first = underway.begin();
    RevocationsUnderway.Passage second = underway.begin();

    CompletableFuture<Void> told = underway.told();
    underway.begin();
    first.close();
    assertThat(told).isNotDone();
    second.close();

    assertThat(told).isCompleted();
  }
}
