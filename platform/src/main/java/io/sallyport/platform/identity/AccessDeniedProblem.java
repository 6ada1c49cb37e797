package io.sallyport.platform.identity;

import io.sallyport.platform.base.RefusalId;

/** Refused by {@link AccessPolicy}; the text to the client never tells foreign from unknown. */
public final class AccessDeniedProblem extends RuntimeException {
  private final transient RefusalId refusal;

  public AccessDeniedProblem(RefusalId refusal) {
    super("refused, see " + refusal);
    this.refusal = refusal;
  }

  public RefusalId refusal() {
    return refusal;
  }
}
