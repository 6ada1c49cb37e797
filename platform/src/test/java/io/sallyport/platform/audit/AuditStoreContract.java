package io.sallyport.platform.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.Pages;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every {@link AuditStore} must do. */
public interface AuditStoreContract {
  Optional<TenantId> ACME = Optional.of(new TenantId("acme01"));
  Optional<TenantId> OTHER = Optional.of(new TenantId("other1"));
  Optional<TenantId> INSTALLATION = Optional.empty();
  Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
  RefusalId REFUSAL = new RefusalId("AAAAAAAAAAAAAAAAAAAA-_");

  AuditStore audit();

  private static AuditRecord aRecord(Optional<TenantId> chain, long sequence) {
    return aRecord(chain, sequence, Optional.empty());
  }

  private static AuditRecord aRecord(
      Optional<TenantId> chain, long sequence, Optional<RefusalId> refusal) {
    return new AuditRecord(
        sequence,
        NOW.plusSeconds(sequence),
        new AuditEntry(
            chain,
            "device:pump/ü\"1",
            "login.failed",
            "target",
            AuditEntry.Outcome.REFUSED,
            refusal,
            Map.of("b", "1", "a", "\\n ☃ \"", "empty", "")),
        "%064x".formatted(sequence - 1),
        "%064x".formatted(sequence));
  }

  private void append(Optional<TenantId> chain, int records) {
    for (long sequence = 1; sequence <= records; sequence++) {
      audit().append(aRecord(chain, sequence));
    }
  }

  @Test
  default void the_head_is_the_newest_record_of_its_chain() {
    append(ACME, 3);
    append(INSTALLATION, 2);

    assertThat(audit().head(ACME)).contains(aRecord(ACME, 3));
    assertThat(audit().head(INSTALLATION)).contains(aRecord(INSTALLATION, 2));
    assertThat(audit().head(OTHER)).isEmpty();
  }

  @Test
  default void a_sequence_number_is_used_once_in_a_chain() {
    append(ACME, 2);

    assertThatThrownBy(() -> audit().append(aRecord(ACME, 2))).isInstanceOf(ProblemException.class);

    assertThat(audit().range(ACME, 1, 10)).hasSize(2);
  }

  @Test
  default void records_are_listed_newest_first() {
    append(ACME, 5);
    append(OTHER, 1);

    assertThat(Pages.all(2, page -> audit().list(ACME, page)))
        .extracting(AuditRecord::sequence)
        .containsExactly(5L, 4L, 3L, 2L, 1L);
  }

  @Test
  default void a_range_rises_from_its_start() {
    append(ACME, 5);

    assertThat(audit().range(ACME, 2, 2)).containsExactly(aRecord(ACME, 2), aRecord(ACME, 3));
    assertThat(audit().range(ACME, 6, 2)).isEmpty();
    assertThat(audit().range(INSTALLATION, 1, 2)).isEmpty();
  }

  @Test
  default void a_refusals_newest_record_is_found_by_its_id() {
    append(ACME, 1);
    audit().append(aRecord(ACME, 2, Optional.of(REFUSAL)));
    audit().append(aRecord(ACME, 3, Optional.of(REFUSAL)));

    assertThat(audit().findByRefusal(REFUSAL)).contains(aRecord(ACME, 3, Optional.of(REFUSAL)));
    assertThat(audit().findByRefusal(new RefusalId("BAAAAAAAAAAAAAAAAAAA-_"))).isEmpty();
  }

  @Test
  default void every_chain_with_a_record_is_named_once() {
    assertThat(audit().chains()).isEmpty();

    append(ACME, 3);
    append(INSTALLATION, 2);
    append(OTHER, 1);

    assertThat(audit().chains()).containsExactlyInAnyOrder(ACME, INSTALLATION, OTHER);
  }
}
