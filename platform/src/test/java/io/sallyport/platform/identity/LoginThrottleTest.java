package io.sallyport.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.testing.InMemoryKnownAddressStore;
import io.sallyport.platform.testing.InMemoryTenantKeys;
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
  private final InMemoryTenantKeys keys = new InMemoryTenantKeys();
  private final InMemoryKnownAddressStore store = new InMemoryKnownAddressStore();
  private KnownAddresses known = new KnownAddresses(store, keys, clock);
  private LoginThrottle throttle = new LoginThrottle(clock, List.of(), known);

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
    LoginThrottle trusting =
        new LoginThrottle(clock, List.of(AddressBlock.parse("10.0.0.0/8")), known);
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

  /** What was flushed is all that a new process has. */
  private void restart() {
    known.flush();
    known = new KnownAddresses(store, keys, clock);
    throttle = new LoginThrottle(clock, List.of(), known);
  }

  @Test
  void known_address_is_not_slowed_by_its_neighbours_after_a_restart_either() {
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));
    restart();

    fail("192.0.2.66", 20);

    assertThat(delay("192.0.2.66")).isPositive();
    assertThat(delay("192.0.2.7")).isZero();
    fail("192.0.2.7", 1);
    assertThat(delay("192.0.2.7")).isZero();
  }

  @Test
  void address_is_forgotten_30_days_after_its_last_success() {
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));
    clock.advance(Duration.ofDays(29));
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));
    restart();
    clock.advance(Duration.ofDays(29));
    fail("192.0.2.66", 20);
    assertThat(delay("192.0.2.7")).isZero();

    clock.advance(Duration.ofDays(2));
    restart();
    fail("192.0.2.66", 20);

    assertThat(delay("192.0.2.7")).isPositive();
    known.flush();
    assertThat(store.rows()).isEmpty();
  }

  @Test
  void registry_keeps_neither_names_nor_addresses_and_at_most_8_of_a_credential() {
    for (int i = 1; i <= 20; i++) {
      throttle.succeeded(CREDENTIAL, address("192.0.2." + i));
      clock.advance(Duration.ofSeconds(1));
    }
    throttle.succeeded("device:acme01/pump/p2", address("192.0.2.1"));
    known.flush();

    assertThat(store.rows()).hasSize(9);
    assertThat(store.rows())
        .allSatisfy(row -> {
          assertThat(row.credential()).matches("[0-9a-f]{32}");
          assertThat(row.address()).matches("[0-9a-f]{32}");
        });
    restart();
    fail("192.0.2.66", 20);
    assertThat(delay("192.0.2.1")).isPositive();
    assertThat(delay("192.0.2.20")).isZero();
  }

  @Test
  void flood_of_guesses_does_not_ask_the_registry_each_time() {
    fail("192.0.2.66", 20);

    for (int i = 0; i < 100; i++) {
      assertThat(delay("192.0.2.66")).isPositive();
    }

    assertThat(store.reads()).isEqualTo(1);
  }

  @Test
  void success_is_written_once_a_day_not_at_each_login() {
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));
    known.flush();
    clock.advance(Duration.ofHours(1));
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));
    known.flush();
    assertThat(store.rows()).allMatch(row -> row.seen().equals(clock.instant().minusSeconds(3600)));

    clock.advance(Duration.ofDays(1));
    throttle.succeeded(CREDENTIAL, address("192.0.2.7"));
    known.flush();

    assertThat(store.rows()).allMatch(row -> row.seen().equals(clock.instant()));
  }
}
