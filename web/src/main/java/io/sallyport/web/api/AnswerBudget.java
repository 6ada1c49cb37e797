package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.web.WebConfig;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Takes the share of the {@link ReadBudget} that a page with payloads needs, before the page is
 * read, and gives it back when its answer was written or failed.
 */
final class AnswerBudget implements HandlerInterceptor {
  /** What an item takes besides its payload. */
  private static final long ITEM_BYTES = 1024;

  private static final String ATTRIBUTE = AnswerBudget.class.getName();

  private final ReadBudget budget;
  private final long pageBytes;
  private final long encodedBytes;

  AnswerBudget(ReadBudget budget, WebConfig config) {
    this.budget = budget;
    // The page, the items' own bytes, and the portion that may go beyond the page's limit.
    this.pageBytes =
        2L * config.answerBytesMax() + (long) config.readItemsMax() * config.payloadBytesMax();
    // One payload at a time is also there as text.
    this.encodedBytes = 2L * config.payloadBytesMax();
  }

  /**
   * What a page takes at worst; to be called once in a request.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code UNAVAILABLE}
   */
  ReadBudget.Lease reserve(HttpServletRequest request, Principal actor) {
    if (!(actor instanceof Principal.OfTenant of)) {
      throw new IllegalStateException("only tenants' principals read payloads");
    }
    ReadBudget.Lease lease =
        budget
            .lease(of.tenantNumber(), pageBytes)
            .orElseThrow(() ->
                new Problem(
                        Problem.Code.UNAVAILABLE, "too much is being read at once, try again later")
                    .asException());
    request.setAttribute(ATTRIBUTE, lease);
    return lease;
  }

  /** Gives back what the page, as it was read, does not need. */
  void fit(ReadBudget.Lease lease, int items, long payloadBytes) {
    lease.shrinkTo(payloadBytes + items * ITEM_BYTES + encodedBytes);
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception failure) {
    if (request.getAttribute(ATTRIBUTE) instanceof ReadBudget.Lease lease) {
      lease.close();
    }
  }
}
