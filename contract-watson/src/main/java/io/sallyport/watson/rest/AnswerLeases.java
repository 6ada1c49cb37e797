package io.sallyport.watson.rest;

import io.sallyport.platform.telemetry.ReadBudget;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Takes the share of the {@link ReadBudget} that an answer with events needs, before they are read;
 * {@link ApiLogin} gives it back when the request is over.
 */
final class AnswerLeases {
  /**
   * What one answer takes at worst while it is made: the events of one portion or of the cache, its
   * own parts, and those put together.
   */
  static final int ANSWER_BYTES = 8 << 20;

  /** How many events with payloads are read from the store at once. */
  static final int READ_ITEMS_MAX = 8;

  private static final String ATTRIBUTE = AnswerLeases.class.getName();

  private final ReadBudget budget;

  AnswerLeases(ReadBudget budget) {
    this.budget = budget;
  }

  /** To be called once in a request. */
  ReadBudget.Lease reserve(HttpServletRequest request, Caller caller) {
    ReadBudget.Lease lease =
        budget
            .lease(caller.principal().tenantNumber(), ANSWER_BYTES)
            .orElseThrow(() -> ApiProblem.of(503, "Too much is being read at once, try again."));
    request.setAttribute(ATTRIBUTE, lease);
    return lease;
  }

  static void release(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof ReadBudget.Lease lease) {
      lease.close();
    }
  }
}
