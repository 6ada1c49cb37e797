package io.sallyport.platform.identity;

import static io.sallyport.platform.testing.PlatformFixture.aSource;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.CredentialCheck.Claim;
import io.sallyport.platform.identity.CredentialCheck.Result;
import io.sallyport.platform.identity.HashLane.Share;
import io.sallyport.platform.testing.PlatformFixture;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CredentialCheckTest {
  private static final Secret RIGHT = Secret.of("chosen-token-1234");
  private static final Secret WRONG = Secret.of("guessed-token-12");
  private static final HashLane LANE = HashLane.registry(Optional.of(new TenantId("acme01")));
  private static final long HASH_NANOS = 50_000_000;
  private static final String HOME = "192.0.2.7";
  private static final String ELSEWHERE = "198.51.100.9";

  private final PlatformFixture platform = new PlatformFixture();
  private final List<Long> pauses = new ArrayList<>();

  // Time goes by only while something is hashed.
  private final CredentialCheck check =
      new CredentialCheck(
          platform.throttle,
          platform.hasher,
          platform.clock,
          platform.random,
          new HashTimes(() -> hashed() * HASH_NANOS, pauses::add, platform.random));
  private final SecretHash chosen = platform.hasher.hashChosen(LANE, RIGHT);

  @AfterEach
  void close() {
    platform.close();
  }

  private static Claim claim(
      String credential, Optional<SecretHash> stored, Secret presented, String from) {
    return new Claim(
        credential, stored, presented, Optional.of(new TenantId("acme01")), aSource(from), false);
  }

  private Claim pump(Secret presented, String from) {
    return claim("device:pump", Optional.of(chosen), presented, from);
  }

  private Result tryPump(Secret presented, String from) {
    return check.check(pump(presented, from));
  }

  private long hashed() {
    return platform.hashQueue.takenCount();
  }

  /** THREATS T06: remembering must not keep the old hash alive. */
  @Test
  void remembered_secret_under_an_old_key_is_due_to_be_hashed_anew_once() {
    assertThat(tryPump(RIGHT, HOME)).isEqualTo(Result.MATCHES);
    platform.hashKeyRing.rotate(PlatformFixture.OPERATOR);

    assertThat(tryPump(WRONG, HOME)).isEqualTo(Result.WRONG);
    assertThat(tryPump(RIGHT, HOME)).isEqualTo(Result.MATCHES_REHASH_DUE);
    SecretHash fresh = check.rehash(pump(RIGHT, HOME)).orElseThrow();
    long before = hashed();

    assertThat(fresh.keyId()).isEqualTo(2);
    assertThat(check.check(claim("device:pump", Optional.of(fresh), RIGHT, HOME)))
        .isEqualTo(Result.MATCHES);
    assertThat(hashed()).isEqualTo(before);
  }

  /** THREATS T44: the time of the answer must not tell a known name. */
  @Test
  void wrong_secret_against_a_remembered_one_is_answered_after_the_time_of_a_hash_without_one() {
    tryPump(RIGHT, HOME);
    check.check(claim("device:nobody", Optional.empty(), WRONG, ELSEWHERE));
    long before = hashed();

    assertThat(tryPump(WRONG, HOME)).isEqualTo(Result.WRONG);

    assertThat(hashed()).isEqualTo(before);
    assertThat(pauses).containsExactly(HASH_NANOS);
  }

  @Test
  void wait_is_that_of_a_recent_hash_less_what_went_by_and_bounded() {
    AtomicLong now = new AtomicLong();
    HashTimes times = new HashTimes(now::get, pauses::add, platform.random);
    times.awaitOne(0);
    assertThat(pauses).isEmpty();

    now.set(50_000_000);
    times.hashed(0);
    now.set(60_000_000);
    times.awaitOne(55_000_000);
    now.set(9_000_000_000L);
    times.hashed(60_000_000);
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    times.awaitOne(now.get());
    assertThat(pauses).containsExactly(45_000_000L, 50_000_000L);

    for (int i = 0; i < 40; i++) {
      times.hashed(0);
    }
    times.awaitOne(now.get());
    assertThat(pauses).last().isEqualTo(2_000_000_000L);
  }

  @Test
  void guesser_behind_the_address_of_a_known_client_does_not_shut_it_out() {
    assertThat(tryPump(RIGHT, HOME)).isEqualTo(Result.MATCHES);
    for (int i = 0; i < 12; i++) {
      tryPump(WRONG, HOME);
    }

    assertThat(tryPump(WRONG, HOME)).isEqualTo(Result.THROTTLED);
    assertThat(tryPump(RIGHT, HOME)).isEqualTo(Result.MATCHES);
    assertThat(tryPump(WRONG, HOME)).as("no new tries").isEqualTo(Result.THROTTLED);
  }

  @Test
  void guesser_elsewhere_is_not_told_past_the_throttle_which_chosen_secret_is_right() {
    assertThat(tryPump(RIGHT, HOME)).isEqualTo(Result.MATCHES);
    for (int i = 0; i < 12; i++) {
      tryPump(WRONG, ELSEWHERE);
    }

    assertThat(tryPump(RIGHT, ELSEWHERE)).isEqualTo(Result.THROTTLED);
  }

  @Test
  void right_generated_token_is_let_in_from_wherever_others_guess() {
    Secret token = platform.tokens.token();
    Optional<SecretHash> stored = Optional.of(platform.hasher.hashGenerated(token));
    for (int i = 0; i < 12; i++) {
      check.check(claim("device:made", stored, WRONG, HOME));
    }

    assertThat(check.check(claim("device:made", stored, WRONG, HOME))).isEqualTo(Result.THROTTLED);
    assertThat(check.check(claim("device:made", stored, token, HOME))).isEqualTo(Result.MATCHES);
  }

  private Share shareOf(Claim claim) {
    return check
        .laneOf(claim, InetAddress.ofLiteral(claim.source().remote().getHostString()))
        .share();
  }

  @Test
  void those_who_try_in_vain_wait_among_others_whether_the_names_exist_or_not() {
    for (int i = 0; i < Newcomers.TRIES_MAX; i++) {
      Claim guess = claim("device:x" + i, Optional.empty(), WRONG, ELSEWHERE);
      assertThat(shareOf(guess)).isEqualTo(Share.NEWCOMERS);
    }

    assertThat(shareOf(claim("device:y", Optional.empty(), WRONG, ELSEWHERE)))
        .isEqualTo(Share.OTHERS);
    assertThat(shareOf(pump(RIGHT, ELSEWHERE))).isEqualTo(Share.OTHERS);
    assertThat(shareOf(pump(RIGHT, HOME))).isEqualTo(Share.NEWCOMERS);
  }

  @Test
  void credential_has_a_share_of_the_queue_from_where_it_succeeded_before() {
    assertThat(tryPump(RIGHT, HOME)).isEqualTo(Result.MATCHES);
    for (int i = 0; i < 2 * Newcomers.TRIES_MAX; i++) {
      check.check(claim("device:x" + i, Optional.empty(), WRONG, HOME));
    }

    assertThat(shareOf(pump(RIGHT, HOME))).isEqualTo(Share.FAMILIAR);
    assertThat(shareOf(claim("device:z", Optional.empty(), RIGHT, HOME))).isEqualTo(Share.OTHERS);
  }
}
