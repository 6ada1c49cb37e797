package io.sallyport.platform.base;

/**
 * A typed fault or refusal as it crosses the edge: a code that each contract maps once to its own
 * form, and a text without secrets or payload.
 */
public record Problem(Code code, String text) {
  /** What went wrong, in words that no contract owns. */
  public enum Code {
    NOT_FOUND,
    ALREADY_EXISTS,
    IN_USE,
    INVALID,
    BAD_CURSOR,
    TOO_LARGE,
    LIMIT_REACHED,
    UNAUTHENTICATED,
    FORBIDDEN,
    CONFLICT,
    STORAGE_FULL,
    STORAGE_FAILED,
    CORRUPT,
    UNAVAILABLE
  }

  public ProblemException asException() {
    return new ProblemException(this);
  }

  public static ProblemException notFound(String what) {
    return new Problem(Code.NOT_FOUND, what + " does not exist").asException();
  }

  public static ProblemException invalid(String text) {
    return new Problem(Code.INVALID, text).asException();
  }
}
