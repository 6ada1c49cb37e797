package io.sallyport.platform.identity;

import static io.sallyport.platform.base.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.Problem;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What every {@link OperatorKeyStore} must do. */
public interface OperatorKeyStoreContract {
  OperatorKeyStore operatorKeys();

  private static OperatorKey aKey(String name) {
    return new OperatorKey(
        "o-" + name,
        new SecretHash("hmac", 1, "verifier of " + name),
        Instant.parse("2026-01-02T03:04:05.678901234Z"));
  }

  @Test
  default void an_inserted_key_is_found_and_listed() {
    operatorKeys().insert(aKey("b"));
    operatorKeys().insert(aKey("a"));

    assertThat(operatorKeys().find("o-a")).contains(aKey("a"));
    assertThat(operatorKeys().find("o-c")).isEmpty();
    assertThat(operatorKeys().list()).containsExactlyInAnyOrder(aKey("a"), aKey("b"));
  }

  @Test
  default void a_key_in_use_is_refused() {
    operatorKeys().insert(aKey("a"));

    assertProblem(Problem.Code.ALREADY_EXISTS, () -> operatorKeys().insert(aKey("a")));
  }

  @Test
  default void a_hash_is_replaced_only_where_it_is_still_the_known_one() {
    operatorKeys().insert(aKey("a"));
    SecretHash fresh = new SecretHash("hmac", 2, "verifier under the second key");

    assertThat(operatorKeys().rehash("o-a", aKey("b").token(), fresh)).isFalse();
    assertThat(operatorKeys().find("o-a")).contains(aKey("a"));
    assertThat(operatorKeys().rehash("o-a", aKey("a").token(), fresh)).isTrue();
    assertThat(operatorKeys().find("o-a"))
        .contains(new OperatorKey("o-a", fresh, aKey("a").created()));
  }

  @Test
  default void a_deleted_key_is_gone() {
    operatorKeys().insert(aKey("a"));

    assertThat(operatorKeys().delete("o-a")).isTrue();
    assertThat(operatorKeys().delete("o-a")).isFalse();

    assertThat(operatorKeys().find("o-a")).isEmpty();
    assertThat(operatorKeys().list()).isEmpty();
  }
}
