package io.sallyport.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapSharesTest {
  @Test
  void a_limit_that_fits_stays() {
    assertThat(new HeapShares(512L << 20).atMostAnEighth(64L << 20)).isEqualTo(64L << 20);
  }

  @Test
  void a_limit_beyond_its_share_of_the_heap_is_cut_to_it() {
    assertThat(new HeapShares(128L << 20).atMostAnEighth(64L << 20)).isEqualTo(16L << 20);
  }
}
