package io.sallyport.web.api;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.web.WebConfig;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Turns pages of the domain into answers, with sealed cursors and limits. Thread-safe. */
final class Listings {
  static final String LIMIT_DEFAULT = "50";

  private final Cursors cursors;
  private final AnswerBudget budget;
  private final WebConfig config;

  Listings(Cursors cursors, AnswerBudget budget, WebConfig config) {
    this.cursors = cursors;
    this.budget = budget;
    this.config = config;
  }

  /** One page, read at once: for items that are small. */
  <T, V> Listing<V> page(
      HttpServletRequest request,
      Principal actor,
      int limit,
      @Nullable String next,
      Function<PageRequest, Page<T>> read,
      Function<? super T, ? extends V> view) {
    Page<T> page = read.apply(wanted(request, actor, limit, next));
    return new Listing<>(
        page.items().stream().<V>map(view).toList(), sealed(request, actor, page.next()));
  }

  /**
   * One page of items with payloads, read in small portions, and ended early when {@code
   * answerBytesMax} is reached; {@code view} may leave items out by giving null. What it takes is
   * counted against the budget until the answer was written.
   */
  <T, V> Listing<V> weighedPage(
      HttpServletRequest request,
      Principal actor,
      int limit,
      @Nullable String next,
      Function<PageRequest, Page<T>> read,
      ToLongFunction<? super T> bytes,
      Function<? super T, ? extends @Nullable V> view) {
    PageRequest wanted = wanted(request, actor, limit, next);
    ReadBudget.Lease lease = budget.reserve(request, actor);
    List<V> items = new ArrayList<>();
    Optional<String> place = wanted.after();
    int left = limit;
    long weight = 0;
    boolean more;
    do {
      int portion = Math.min(left, config.readItemsMax());
      Page<T> page = read.apply(new PageRequest(portion, place));
      for (T item : page.items()) {
        V shown = view.apply(item);
        if (shown != null) {
          items.add(shown);
          weight += bytes.applyAsLong(item);
        }
      }
      left -= page.items().size();
      place = page.next();
      // A short portion with more behind it means that the store passed over much: give it a rest.
      more = place.isPresent() && page.items().size() == portion;
    } while (more && left > 0 && weight < config.answerBytesMax());
    budget.fit(lease, items.size(), weight);
    return new Listing<>(items, sealed(request, actor, place));
  }

  private PageRequest wanted(
      HttpServletRequest request, Principal actor, int limit, @Nullable String next) {
    if (limit < 1 || limit > PageRequest.LIMIT_MAX) {
      throw Problem.invalid("limit must be 1 to " + PageRequest.LIMIT_MAX);
    }
    return new PageRequest(
        limit, Optional.ofNullable(next).map(text -> cursors.open(actor, request, text)));
  }

  private @Nullable String sealed(
      HttpServletRequest request, Principal actor, Optional<String> place) {
    return place.map(text -> cursors.seal(actor, request, text)).orElse(null);
  }
}
