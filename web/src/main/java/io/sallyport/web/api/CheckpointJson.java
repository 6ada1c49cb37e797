package io.sallyport.web.api;

import io.sallyport.platform.audit.AuditCheckpoints;
import io.sallyport.platform.base.TenantId;
import io.sallyport.web.json.ApiJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Audit checkpoints as JSON. */
final class CheckpointJson {
  private CheckpointJson() {}

  /**
   * Checkpoints to compare with the chains.
   *
   * @param checkpoints lines of a checkpoint file, in its order
   * @param walk whether each chain is walked, too; on unless false
   */
  record Given(@Nullable List<String> checkpoints, @Nullable Boolean walk) implements ApiJson {}

  /**
   * What was found; {@code intact} when that is nothing.
   *
   * @param newest the highest number of a checkpoint that was made: a file that was asked for
   *     before it was read, and ends before, was cut
   */
  record Compared(boolean intact, int checkpoints, long newest, List<Found> findings)
      implements ApiJson {}

  /**
   * One thing that is wrong.
   *
   * @param tenant absent for the installation's chain
   */
  record Found(@Nullable String tenant, long sequence, String reason) {
    static Found of(AuditCheckpoints.Finding finding) {
      return new Found(
          finding.chain().map(TenantId::value).orElse(null), finding.sequence(), finding.reason());
    }
  }
}
