package io.sallyport.web.api;

import io.sallyport.platform.audit.AuditLog.Verification;
import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.audit.Explanation;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.web.json.ApiJson;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An audit record as JSON. */
record AuditJson(
    long sequence,
    Instant time,
    String actor,
    String action,
    String target,
    String outcome,
    @Nullable String refusal,
    Map<String, String> details,
    String previousHash,
    String hash)
    implements ApiJson {
  static AuditJson of(AuditRecord stored) {
    return new AuditJson(
        stored.sequence(),
        stored.time(),
        stored.entry().actor(),
        stored.entry().action(),
        stored.entry().target(),
        stored.entry().outcome().name().toLowerCase(Locale.ROOT),
        stored.entry().refusal().map(RefusalId::value).orElse(null),
        stored.entry().details(),
        stored.previousHash(),
        stored.hash());
  }

  /** The result of walking a chain: its length and head, or its first broken link. */
  record Verified(
      boolean intact,
      @Nullable Long records,
      @Nullable String headHash,
      @Nullable Long brokenSequence,
      @Nullable String reason)
      implements ApiJson {
    static Verified of(Verification verification) {
      return switch (verification) {
        case Verification.Intact intact ->
            new Verified(true, intact.records(), intact.headHash(), null, null);
        case Verification.Broken broken ->
            new Verified(false, null, null, broken.sequence(), broken.reason());
      };
    }
  }

  /** Why something was refused. */
  record Explained(
      String id, Instant time, String actor, String rule, String text, String fix, long count)
      implements ApiJson {
    static Explained of(Explanation explanation) {
      return new Explained(
          explanation.id().value(),
          explanation.time(),
          explanation.actor(),
          explanation.rule(),
          explanation.text(),
          explanation.fix(),
          explanation.count());
    }
  }
}
