package io.sallyport.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.testing.SettableClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginThrottleTest {
  private static final String CREDENTIAL = "device:acme01/pump/p1";

  private final SettableClock clock = new SettableClock();
  private final LoginThrottle throttle = new LoginThrottle(clock, List.of());

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  private void fail(String from, int times) {
    for (int i = 0; i < times; i++) {
      throttle.failed(CREDENTIAL, address(from));
    }
  }

  private Duration delay(String from) {
    return throttle.delay(CREDENTIAL, address(from));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          1,   0
          9,   0
          10,  1
          11,  2
          12,  4
          13,  8
          14, 16
          15, 32
          16, 60
          17, 60
          99, 60
          """)
  void delay_after_so_many_failures_in_a_row(int failures, int seconds) {
    fail("192.0.2.7", failures);

    assertThat(delay("192.0.2.7")).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void delay_runs_down_with_time() {
    fail("192.0.2.7", 12);

    clock.advance(Duration.ofMillis(3_999));
    assertThat(delay("192.0.2.7")).isEqualTo(Duration.ofMillis(1));
    clock.advance(Duration.ofMillis(1));
    assertThat(delay("192.0.2.7")).isZero();
  }

  @Test
  void failure_after_the_delay_doubles_it() {
    fail("192.0.2.7", 10);
    clock.advance(Duration.ofSeconds(1));

    fail("192.0.2.7", 1);

    assertThat(delay("192.0.2.7")).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void neighbours_in_the_same_block_count_together() {
    fail("192.0.2.7", 5);
    fail("192.0.2.200", 5);

    assertThat(delay("192.0.2.99")).isPositive();
    assertThat(delay("192.0.3.7")).isZero();
  }

  @Test
  void ipv6_addresses_count_by_64_bits() {
    fail("2001:db8::1", 10);

    assertThat(delay("2001:db8::ffff:1")).isPositive();
    assertThat(delay("2001:db8:0:1::1")).isZero();
  }

  @Test
  void other_credentials_are_not_slowed() {
    fail("192.0.2.7", 20);

    assertThat(throttle.delay("device:acme01/pump/p2", address("192.0.2.7"))).isZero();
  }

  @Test
  void address_that_succeeded_within_30_days_is_not_slowed_by_its_neighbours() {
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));
    clock.advance(Duration.ofDays(29));

    fail("192.0.2.8", 20);

    assertThat(delay("192.0.2.7")).isZero();
    assertThat(delay("192.0.2.8")).isPositive();
  }

  @Test
  void address_that_succeeded_longer_ago_is_slowed_like_its_neighbours() {
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));
    clock.advance(Duration.ofDays(30).plusSeconds(1));

    fail("192.0.2.8", 20);

    assertThat(delay("192.0.2.7")).isPositive();
  }

  @Test
  void address_that_succeeded_is_slowed_by_its_own_failures() {
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));

    fail("192.0.2.7", 10);

    assertThat(delay("192.0.2.7")).isEqualTo(Duration.ofSeconds(1));
    assertThat(delay("192.0.2.8")).isZero();
  }

  @Test
  void success_ends_the_row() {
    fail("192.0.2.7", 9);
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));

    fail("192.0.2.7", 9);

    assertThat(delay("192.0.2.7")).isZero();
  }

  @Test
  void first_success_from_a_block_ends_the_row_of_the_block() {
    fail("192.0.2.7", 9);
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));

    fail("192.0.2.8", 1);

    assertThat(delay("192.0.2.8")).isZero();
  }

  @Test
  void later_successes_give_a_guesser_in_the_same_block_no_new_tries() {
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));
    fail("192.0.2.8", 9);

    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));
    fail("192.0.2.8", 1);

    assertThat(delay("192.0.2.8")).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void trusted_networks_are_never_slowed() {
    LoginThrottle trusting = new LoginThrottle(clock, List.of(AddressBlock.parse("10.0.0.0/8")));
    for (int i = 0; i < 20; i++) {
      trusting.failed(CREDENTIAL, address("10.1.2.3"));
      trusting.failed(CREDENTIAL, address("11.1.2.3"));
    }

    assertThat(trusting.delay(CREDENTIAL, address("10.1.2.3"))).isZero();
    assertThat(trusting.delay(CREDENTIAL, address("11.1.2.3"))).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"example.org/8", "10.0.0.0/33", "10.0.0.0/-1", "localhost", "dead", "::/129"})
  void text_that_is_no_address_block_is_refused(String text) {
    assertThatThrownBy(() -> AddressBlock.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
