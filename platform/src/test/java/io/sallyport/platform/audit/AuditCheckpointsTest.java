package io.sallyport.platform.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.testing.InMemoryAuditStore;
import io.sallyport.platform.testing.InMemoryTenantKeys;
import io.sallyport.platform.testing.InMemoryTenantStore;
import io.sallyport.platform.testing.InMemoryTransactions;
import io.sallyport.platform.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCheckpointsTest {
  private static final TenantId ACME = new TenantId("acme01");

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock();
  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryAuditStore store = new InMemoryAuditStore(transactions);
  private final ChainedAuditLog log =
      new ChainedAuditLog(
          store,
          transactions,
          new InMemoryTenantStore(transactions),
          clock,
          new SecureRandom(),
          AuditLimits.DEFAULT,
          Thread::new);
  private final AuditCheckpoints checkpoints = checkpoints("the master key");

  private AuditCheckpoints checkpoints(String masterKey) {
    return new AuditCheckpoints(store, transactions, new InMemoryTenantKeys(masterKey), clock);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private void record(String target) {
    log.record(AuditEntry.done(ACME, "key:k", "device.create", target, Map.of()));
  }

  private AuditCheckpoint checkpointOfThreeRecords() {
    log.record(AuditEntry.installation("system", "start", "x", Map.of()));
    record("p1");
    record("p2");
    record("p3");
    return checkpoints.make(Optional.empty());
  }

  @Test
  void chains_that_only_grew_hold() {
    AuditCheckpoint checkpoint = checkpointOfThreeRecords();

    record("p4");

    assertThat(checkpoint.heads()).hasSize(2);
    assertThat(checkpoints.verify(checkpoint)).isEmpty();
  }

  @Test
  void cut_at_the_tail_is_found_which_the_chain_itself_does_not_show() {
    AuditCheckpoint checkpoint = checkpointOfThreeRecords();

    store.remove(Optional.of(ACME), 3);

    assertThat(log.verify(Optional.of(ACME))).isInstanceOf(AuditLog.Verification.Intact.class);
    assertThat(checkpoints.verify(checkpoint))
        .containsExactly(
            new AuditCheckpoints.Finding(
                Optional.of(ACME), 3, "the chain was cut: it had 3 records"));
  }

  @Test
  void missing_tenant_is_found() {
    AuditCheckpoint checkpoint = checkpointOfThreeRecords();

    for (int i = 1; i <= 3; i++) {
      store.remove(Optional.of(ACME), i);
    }

    assertThat(checkpoints.verify(checkpoint))
        .extracting(AuditCheckpoints.Finding::reason)
        .containsExactly("the chain is missing");
  }

  @Test
  void chain_written_anew_is_found() {
    AuditCheckpoint checkpoint = checkpointOfThreeRecords();

    for (int i = 1; i <= 3; i++) {
      store.remove(Optional.of(ACME), i);
    }
    for (int i = 1; i <= 4; i++) {
      record("forged");
    }

    assertThat(checkpoints.verify(checkpoint))
        .extracting(AuditCheckpoints.Finding::reason)
        .containsExactly("the chain was written anew");
  }

  @Test
  void broken_link_is_named() {
    AuditCheckpoint checkpoint = checkpointOfThreeRecords();

    store.remove(Optional.of(ACME), 2);

    assertThat(checkpoints.verify(checkpoint))
        .extracting(AuditCheckpoints.Finding::sequence)
        .containsExactly(2L);
  }

  @Test
  void changed_checkpoint_is_refused() {
    AuditCheckpoint checkpoint = checkpointOfThreeRecords();

    AuditCheckpoint changed =
        new AuditCheckpoint(
            checkpoint.number(), checkpoint.time(), List.of(), checkpoint.signature());

    assertThat(checkpoints.verify(changed))
        .extracting(AuditCheckpoints.Finding::reason)
        .containsExactly("the signature of checkpoint 1 is not this installation's");
  }

  /** Who has the master key can sign anew, but not take back what is kept elsewhere. */
  @Test
  void chain_written_anew_is_found_by_the_older_checkpoints_though_newer_ones_agree() {
    AuditCheckpoint before = checkpointOfThreeRecords();
    for (int i = 1; i <= 3; i++) {
      store.remove(Optional.of(ACME), i);
    }
    for (int i = 1; i <= 4; i++) {
      record("forged");
    }
    AuditCheckpoint after = checkpoints.make(Optional.of(before));

    assertThat(checkpoints.verify(after)).isEmpty();
    assertThat(checkpoints.verify(List.of(before, after), true))
        .extracting(AuditCheckpoints.Finding::reason)
        .containsExactly("the chain was written anew");
  }

  @Test
  void checkpoints_in_another_order_than_they_were_made_are_a_finding() {
    AuditCheckpoint first = checkpointOfThreeRecords();
    AuditCheckpoint second = checkpoints.make(Optional.of(first));

    assertThat(checkpoints.verify(List.of(first, second), true)).isEmpty();
    assertThat(checkpoints.verify(List.of(second, first), false))
        .extracting(AuditCheckpoints.Finding::reason)
        .containsExactly("checkpoint 1 comes behind checkpoint 2");
  }

  @Test
  void checkpoint_of_another_installation_is_refused() {
    AuditCheckpoint checkpoint = checkpointOfThreeRecords();

    assertThat(checkpoints("another master key").verify(checkpoint)).isNotEmpty();
  }

  @Test
  void checkpoints_are_numbered_and_read_back_from_their_file() {
    CheckpointFile file = new CheckpointFile(folder.resolve("checkpoints"));
    assertThat(file.last()).isEmpty();
    AuditCheckpoint first = checkpointOfThreeRecords();
    file.append(first);
    AuditCheckpoint second = checkpoints.make(file.last());
    file.append(second);

    assertThat(second.number()).isEqualTo(2);
    assertThat(file.last()).hasValue(second);
    assertThat(file.all()).containsExactly(first, second);
    assertThat(checkpoints.verify(file.all().getFirst())).isEmpty();
  }

  @Test
  void checkpoint_line_torn_by_a_crash_does_not_spoil_the_next() throws IOException {
    Path path = folder.resolve("checkpoints");
    CheckpointFile file = new CheckpointFile(path);
    AuditCheckpoint first = checkpointOfThreeRecords();
    file.append(first);
    Files.writeString(path, first.encode().substring(0, 30), StandardOpenOption.APPEND);

    assertThat(file.last()).hasValue(first);
    AuditCheckpoint second = checkpoints.make(file.last());
    file.append(second);

    assertThat(file.all()).containsExactly(first, second);
  }

  @Test
  void line_that_is_no_checkpoint_is_corrupt() {
    assertThatThrownBy(() -> AuditCheckpoint.decode("sallyport-checkpoint-1 x y"))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("CORRUPT");
  }

  /** THREATS T46: a checkpoint taken out of the file would otherwise hide what it shows. */
  @Test
  void checkpoints_missing_in_the_middle_are_found_and_those_before_the_first_are_not() {
    AuditCheckpoint one = checkpointOfThreeRecords();
    AuditCheckpoint two = checkpoints.make(Optional.of(one));
    AuditCheckpoint three = checkpoints.make(Optional.of(two));
    AuditCheckpoint four = checkpoints.make(Optional.of(three));

    assertThat(checkpoints.verify(List.of(two, three, four), true)).isEmpty();
    assertThat(checkpoints.verify(List.of(one, four), true))
        .extracting(AuditCheckpoints.Finding::reason)
        .containsExactly("checkpoints 2 to 3 are missing");
    assertThat(checkpoints.verify(List.of(one, two, two), true))
        .extracting(AuditCheckpoints.Finding::reason)
        .containsExactly("checkpoint 2 comes behind checkpoint 2");
  }
}
