package io.sallyport.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.SecretHasher.Match;
import io.sallyport.platform.testing.InMemoryTenantKeys;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretHasherTest {
  private static final HashLane LANE = new HashLane("acme01", "registry");
  private static final Secret SECRET = Secret.of("correct horse");

  private final InMemoryTenantKeys keys = new InMemoryTenantKeys();
  private final HashQueue queue = new HashQueue(1, 10, Thread::new);
  private final SecretHasher hasher = hasher(keys, 1, new ArgonCost(64, 1, 1));

  private SecretHasher hasher(InMemoryTenantKeys of, int newest, ArgonCost cost) {
    return new SecretHasher(HashKeys.derive(of, newest), cost, new SecureRandom(), queue);
  }

  @AfterEach
  void close() {
    queue.close();
  }

  private static Match verify(SecretHasher hasher, SecretHash stored, Secret secret) {
    return hasher.verify(LANE, stored, secret, () -> true);
  }

  @Test
  void generated_token_verifies_without_the_queue() {
    SecretHash stored = hasher.hashGenerated(SECRET);

    assertThat(stored.scheme()).isEqualTo("hmac");
    assertThat(verify(hasher, stored, SECRET)).isEqualTo(Match.YES);
    assertThat(verify(hasher, stored, Secret.of("correct horsf"))).isEqualTo(Match.NO);
    assertThat(queue.takenCount()).isZero();
  }

  @Test
  void chosen_token_verifies_with_argon2id() {
    SecretHash stored = hasher.hashChosen(LANE, SECRET);

    assertThat(stored.scheme()).isEqualTo("argon2id");
    assertThat(stored.text()).startsWith("m=64,t=1,p=1$");
    assertThat(verify(hasher, stored, SECRET)).isEqualTo(Match.YES);
    assertThat(verify(hasher, stored, Secret.of("wrong"))).isEqualTo(Match.NO);
    assertThat(queue.takenCount()).isEqualTo(3);
  }

  @Test
  void default_cost_is_19_mib_two_passes_one_lane() {
    SecretHasher real = hasher(keys, 1, ArgonCost.DEFAULT);

    SecretHash stored = real.hashChosen(LANE, SECRET);

    assertThat(stored.text()).startsWith("m=19456,t=2,p=1$");
    assertThat(verify(real, stored, SECRET)).isEqualTo(Match.YES);
  }

  @Test
  void same_secret_is_salted_each_time() {
    assertThat(hasher.hashChosen(LANE, SECRET)).isNotEqualTo(hasher.hashChosen(LANE, SECRET));
  }

  @Test
  void stored_hashes_are_worthless_without_the_master_key() {
    SecretHasher stranger =
        hasher(new InMemoryTenantKeys("another master key"), 1, new ArgonCost(64, 1, 1));

    assertThat(verify(stranger, hasher.hashGenerated(SECRET), SECRET)).isEqualTo(Match.NO);
    assertThat(verify(stranger, hasher.hashChosen(LANE, SECRET), SECRET)).isEqualTo(Match.NO);
  }

  @Test
  void hash_under_an_old_key_verifies_and_is_due_to_be_written_anew() {
    SecretHasher rotated = hasher(keys, 2, new ArgonCost(64, 1, 1));

    assertThat(verify(rotated, hasher.hashGenerated(SECRET), SECRET))
        .isEqualTo(Match.YES_REHASH_DUE);
    assertThat(verify(rotated, hasher.hashChosen(LANE, SECRET), SECRET))
        .isEqualTo(Match.YES_REHASH_DUE);
    assertThat(rotated.hashGenerated(SECRET).keyId()).isEqualTo(2);
  }

  @Test
  void hash_of_another_cost_verifies_and_is_due_to_be_written_anew() {
    SecretHasher dearer = hasher(keys, 1, new ArgonCost(128, 1, 1));

    assertThat(verify(dearer, hasher.hashChosen(LANE, SECRET), SECRET))
        .isEqualTo(Match.YES_REHASH_DUE);
  }

  @Test
  void hash_under_a_retired_or_unknown_key_matches_nothing() {
    SecretHash stored = hasher.hashGenerated(SECRET);
    SecretHash slow = hasher.hashChosen(LANE, SECRET);

    assertThat(verify(hasher, new SecretHash("hmac", 9, stored.text()), SECRET))
        .isEqualTo(Match.NO);
    assertThat(verify(hasher, new SecretHash("argon2id", 9, slow.text()), SECRET))
        .isEqualTo(Match.NO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "m=1,t=1,p=1$x$y", "m=64,t=1$x$y", "m=64,t=1,p=1$", "$$$$", "m=a"})
  void damaged_argon_text_matches_nothing(String text) {
    assertThat(verify(hasher, new SecretHash("argon2id", 1, text), SECRET)).isEqualTo(Match.NO);
  }

  @Test
  void unknown_scheme_matches_nothing() {
    assertThat(verify(hasher, new SecretHash("plain", 1, "correct horse"), SECRET))
        .isEqualTo(Match.NO);
  }

  @Test
  void slow_hash_that_is_wanted_no_more_is_spared() {
    SecretHash stored = hasher.hashChosen(LANE, SECRET);

    assertThat(hasher.verify(LANE, stored, SECRET, () -> false)).isEqualTo(Match.NOT_COMPARED);
    assertThat(hasher.verifyNothing(LANE, SECRET, () -> false)).isEqualTo(Match.NOT_COMPARED);
  }

  @Test
  void full_queue_is_told_as_unavailable() {
    queue.close();

    assertThatThrownBy(() -> hasher.hashChosen(LANE, SECRET))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("UNAVAILABLE");
    assertThat(hasher.verifyNothing(LANE, SECRET, () -> true)).isEqualTo(Match.NOT_COMPARED);
  }

  @Test
  void nothing_prints_a_secret_or_hash() {
    SecretHash stored = hasher.hashGenerated(SECRET);

    assertThat(stored.toString()).doesNotContain(stored.text());
    assertThat(SECRET.toString()).doesNotContain("horse");
  }

  @Test
  void generated_tokens_are_of_the_contracts_characters_and_differ() {
    TokenGenerator generator = new TokenGenerator(new SecureRandom());
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      Secret token = generator.token();
      assertThat(token.revealText()).matches("[A-Za-z0-9][A-Za-z0-9_.!&@?*+()-]{22}[A-Za-z0-9]");
      TokenRules.require(token);
      assertThat(seen.add(token.revealText())).isTrue();
    }
    assertThat(generator.apiKey(new TenantId("acme01"))).matches("a-acme01-[a-z0-9]{10}");
    assertThat(generator.operatorKey()).matches("o-[a-z0-9]{10}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "short77",
        "with space in",
        "ümlaut-token",
        "x2345678901234567890123456789012345x7",
        "tab\ttoken"
      })
  void chosen_token_of_another_form_is_refused_without_repeating_it(String token) {
    assertThatThrownBy(() -> TokenRules.require(Secret.of(token)))
        .isInstanceOf(ProblemException.class)
        .hasMessageNotContaining(token);
  }

  @ParameterizedTest
  @ValueSource(strings = {"12345678", "_.!&@?*+()-A", "x23456789012345678901234567890123456"})
  void chosen_token_of_the_contracts_form_is_accepted(String token) {
    TokenRules.require(Secret.of(token));
  }
}
