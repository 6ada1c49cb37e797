package io.sallyport.platform.audit;

import io.sallyport.platform.audit.AuditLog.Verification;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.tenant.TenantKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and verifies signed checkpoints of all chains' heads. The signing key is derived from the
 * master key, which is not in the data folder.
 */
public final class AuditCheckpoints {
  private final AuditStore store;
  private final Transactions transactions;
  private final AuditChain chain;
  private final TenantKeys keys;
  private final Clock clock;

  public AuditCheckpoints(
      AuditStore store, Transactions transactions, TenantKeys keys, Clock clock) {
    this.store = store;
    this.transactions = transactions;
    this.chain = new AuditChain(store, clock);
    this.keys = keys;
    this.clock = clock;
  }

  /** What a checkpoint shows to be wrong. */
  public record Finding(Optional<TenantId> chain, long sequence, String reason) {}

  /**
   * The heads of all chains as of one moment.
   *
   * @param previous the checkpoint before, empty for the first
   */
  public AuditCheckpoint make(Optional<AuditCheckpoint> previous) {
    long number = previous.map(AuditCheckpoint::number).orElse(0L) + 1;
    List<AuditCheckpoint.Head> heads = transactions.write(this::heads);
    AuditCheckpoint unsigned =
        new AuditCheckpoint(number, clock.instant().truncatedTo(ChronoUnit.MILLIS), heads, "");
    return new AuditCheckpoint(number, unsigned.time(), heads, sign(unsigned));
  }

  private List<AuditCheckpoint.Head> heads() {
    return store.chains().stream()
        .sorted(AuditChain.LOCK_ORDER)
        .flatMap(chain -> store.head(chain).stream())
        .map(head -> new AuditCheckpoint.Head(head.entry().tenant(), head.sequence(), head.hash()))
        .toList();
  }

  /**
   * Compares a checkpoint with the chains as they are: finds cuts at the tail, missing chains and
   * re-written ones, and walks each chain. Empty when all is well.
   */
  public List<Finding> verify(AuditCheckpoint checkpoint) {
    return verify(List.of(checkpoint), true);
  }

  /**
   * Compares checkpoints of one file, in its order. All of them count: whoever writes a chain anew
   * gets later checkpoints to agree with it, but not the earlier ones; so none may be missing
   * between the first and the last.
   *
   * @param walk whether each chain is walked, too; false spares it for all but one of several calls
   */
  public List<Finding> verify(List<AuditCheckpoint> checkpoints, boolean walk) {
    List<Finding> findings = new ArrayList<>();
    Map<Optional<TenantId>, Set<AuditCheckpoint.Head>> heads = new LinkedHashMap<>();
    boolean first = true;
    long number = 0;
    for (AuditCheckpoint checkpoint : checkpoints) {
      if (!isSigned(checkpoint)) {
        findings.add(
            new Finding(
                Optional.empty(),
                0,
                "the signature of checkpoint "
                    + checkpoint.number()
                    + " is not this installation's"));
        continue;
      }
      if (!first && checkpoint.number() != number + 1) {
        findings.add(new Finding(Optional.empty(), 0, misplaced(number, checkpoint.number())));
      }
      first = false;
      number = checkpoint.number();
      for (AuditCheckpoint.Head head : checkpoint.heads()) {
        heads.computeIfAbsent(head.chain(), chain -> new LinkedHashSet<>()).add(head);
      }
    }
    heads.forEach((chain, ofChain) -> findings.addAll(compare(chain, ofChain, walk)));
    return findings;
  }

  private static String misplaced(long before, long number) {
    return number <= before
        ? "checkpoint " + number + " comes behind checkpoint " + before
        : "checkpoints " + (before + 1) + " to " + (number - 1) + " are missing";
  }

  private List<Finding> compare(
      Optional<TenantId> of, Set<AuditCheckpoint.Head> heads, boolean walk) {
    Optional<AuditRecord> newest = store.head(of);
    if (newest.isEmpty()) {
      return List.of(new Finding(of, 1, "the chain is missing"));
    }
    if (walk && chain.verify(of) instanceof Verification.Broken(long sequence, String reason)) {
      return List.of(new Finding(of, sequence, reason));
    }
    long last = newest.get().sequence();
    // The first that does not fit says where it begins.
    return heads.stream().flatMap(head -> compare(head, last).stream()).limit(1).toList();
  }

  private Optional<Finding> compare(AuditCheckpoint.Head head, long last) {
    Optional<TenantId> chain = head.chain();
    if (last < head.sequence()) {
      return Optional.of(
          new Finding(
              chain, last + 1, "the chain was cut: it had " + head.sequence() + " records"));
    }
    boolean same =
        store.range(chain, head.sequence(), 1).stream()
            .anyMatch(record ->
                record.sequence() == head.sequence() && record.hash().equals(head.hash()));
    return same
        ? Optional.empty()
        : Optional.of(new Finding(chain, head.sequence(), "the chain was written anew"));
  }

  private boolean isSigned(AuditCheckpoint checkpoint) {
    return MessageDigest.isEqual(
        sign(checkpoint).getBytes(StandardCharsets.UTF_8),
        checkpoint.signature().getBytes(StandardCharsets.UTF_8));
  }

  private String sign(AuditCheckpoint checkpoint) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(keys.purposeKey("audit"), "HmacSHA256"));
      byte[] text = checkpoint.signedText().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(mac.doFinal(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
