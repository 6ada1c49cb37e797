package io.sallyport.platform.audit;

import io.sallyport.platform.base.RefusalId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** How an explanation is kept in the details of its audit record, and read back from there. */
final class RefusalDetails {
  static final String SOURCE = "source";
  static final String RULE = "rule";
  static final String TEXT = "text";
  static final String FIX = "fix";
  static final String COUNT = "count";
  static final String SINCE = "since";

  private RefusalDetails() {}

  static Optional<Explanation> read(RefusalId id, AuditRecord record) {
    Map<String, String> details = record.entry().details();
    String rule = details.get(RULE);
    if (rule == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Explanation(
            id,
            record.entry().tenant(),
            since(details, record.time()),
            record.entry().actor(),
            rule,
            details.getOrDefault(TEXT, ""),
            details.getOrDefault(FIX, ""),
            count(details)));
  }

  private static Instant since(Map<String, String> details, Instant otherwise) {
    try {
      return Instant.parse(details.getOrDefault(SINCE, ""));
    } catch (DateTimeException e) {
      return otherwise;
    }
  }

  private static long count(Map<String, String> details) {
    try {
      return Long.parseLong(details.getOrDefault(COUNT, "1"));
    } catch (NumberFormatException e) {
      return 1;
    }
  }
}
