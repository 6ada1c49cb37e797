package io.sallyport.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link KnownAddressStore} must do. */
public interface KnownAddressStoreContract {
  Instant SEEN = Instant.parse("2026-01-02T03:04:05.678901234Z");

  KnownAddressStore knownAddresses();

  private static KnownAddress row(String credential, String address, int second) {
    return new KnownAddress(credential.repeat(32), address.repeat(32), SEEN.plusSeconds(second));
  }

  private boolean isThere(KnownAddress row) {
    return knownAddresses().find(row.credential(), row.address()).isPresent();
  }

  @Test
  default void what_was_put_is_found_with_its_newest_time() {
    knownAddresses().put(List.of(row("a", "1", 0)), 8);
    knownAddresses().put(List.of(row("a", "1", 7)), 8);

    assertThat(knownAddresses().find("a".repeat(32), "1".repeat(32))).contains(SEEN.plusSeconds(7));
    assertThat(knownAddresses().find("a".repeat(32), "2".repeat(32))).isEmpty();
    assertThat(knownAddresses().find("b".repeat(32), "1".repeat(32))).isEmpty();
  }

  @Test
  default void of_each_credential_the_newest_stay() {
    knownAddresses()
        .put(List.of(row("a", "1", 1), row("a", "2", 3), row("a", "3", 2), row("b", "1", 0)), 2);

    assertThat(isThere(row("a", "1", 1))).isFalse();
    assertThat(isThere(row("a", "2", 3))).isTrue();
    assertThat(isThere(row("a", "3", 2))).isTrue();
    assertThat(isThere(row("b", "1", 0))).isTrue();
  }

  @Test
  default void the_old_are_forgotten() {
    knownAddresses().put(List.of(row("a", "1", 1), row("b", "2", 3)), 8);

    assertThat(knownAddresses().deleteBefore(SEEN.plusSeconds(2))).isEqualTo(1);

    assertThat(isThere(row("a", "1", 1))).isFalse();
    assertThat(isThere(row("b", "2", 3))).isTrue();
  }
}
