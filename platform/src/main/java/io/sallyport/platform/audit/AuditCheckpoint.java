package io.sallyport.platform.audit;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The heads of all chains at one moment, numbered and signed (THREATS T46). Kept outside the data
 * folder it shows later what was cut off or re-written.
 *
 * @param number rises by one from checkpoint to checkpoint
 * @param signature hex HMAC-SHA-256 over everything else
 */
public record AuditCheckpoint(long number, Instant time, List<Head> heads, String signature) {
  private static final String FORM = "sallyport-checkpoint-1";
  private static final String INSTALLATION = "-";

  public AuditCheckpoint {
    heads = List.copyOf(heads);
  }

  /** The newest record of one chain. */
  public record Head(Optional<TenantId> chain, long sequence, String hash) {}

  /** One line of text: what {@link #decode} reads. */
  public String encode() {
    return signedText() + " " + signature;
  }

  String signedText() {
    return FORM
        + " "
        + number
        + " "
        + time
        + " "
        + heads.stream()
            .map(head ->
                head.chain().map(TenantId::value).orElse(INSTALLATION)
                    + ":"
                    + head.sequence()
                    + ":"
                    + head.hash())
            .collect(Collectors.joining(","));
  }

  /**
   * @throws io.sallyport.platform.base.ProblemException {@code CORRUPT} if the line is none
   */
  public static AuditCheckpoint decode(String line) {
    List<String> parts = Arrays.asList(line.split(" ", -1));
    try {
      if (parts.size() != 5 || !parts.get(0).equals(FORM)) {
        throw new IllegalArgumentException("not a checkpoint");
      }
      List<Head> heads = new ArrayList<>();
      for (String head : parts.get(3).split(",", -1)) {
        if (!head.isEmpty()) {
          heads.add(decodeHead(head));
        }
      }
      return new AuditCheckpoint(
          Long.parseLong(parts.get(1)), Instant.parse(parts.get(2)), heads, parts.get(4));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new Problem(Problem.Code.CORRUPT, "the audit checkpoint can't be read").asException();
    }
  }

  private static Head decodeHead(String text) {
    List<String> parts = Arrays.asList(text.split(":", -1));
    if (parts.size() != 3) {
      throw new IllegalArgumentException("not a chain head");
    }
    Optional<TenantId> chain =
        parts.get(0).equals(INSTALLATION)
            ? Optional.empty()
            : Optional.of(new TenantId(parts.get(0)));
    return new Head(chain, Long.parseLong(parts.get(1)), parts.get(2));
  }
}
