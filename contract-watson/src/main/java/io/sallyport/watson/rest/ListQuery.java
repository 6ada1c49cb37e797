package io.sallyport.watson.rest;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The query of a list (watson-iot.md section 9.3). {@code _facets} and {@code _expand} are ignored;
 * a filter that is not offered is refused rather than ignored, for its answer would be wrong.
 */
final class ListQuery {
  static final int LIMIT_DEFAULT = 25;
  static final int LIMIT_MAX = 100;

  private static final Set<String> ALWAYS =
      Set.of("_limit", "_bookmark", "_sort", "_facets", "_expand");

  private final Caller caller;
  private final Bookmarks bookmarks;
  private final HttpServletRequest request;
  private final String text;
  private final int limit;

  private ListQuery(
      Caller caller, Bookmarks bookmarks, HttpServletRequest request, String text, int limit) {
    this.caller = caller;
    this.bookmarks = bookmarks;
    this.request = request;
    this.text = text;
    this.limit = limit;
  }

  /**
   * @param filters names of the further parameters that this list offers
   */
  static ListQuery of(
      HttpServletRequest request, Caller caller, Bookmarks bookmarks, Set<String> filters) {
    TreeMap<String, String> decisive = new TreeMap<>();
    request
        .getParameterMap()
        .forEach((name, values) -> {
          if (!ALWAYS.contains(name) && !filters.contains(name)) {
            throw ApiProblem.invalid("The query parameter is not offered: " + name);
          }
          if (!name.equals("_bookmark") && !name.equals("_limit")) {
            decisive.put(name, String.join(",", values));
          }
        });
    return new ListQuery(
        caller,
        bookmarks,
        request,
        request.getRequestURI() + decisive,
        number(request, "_limit", LIMIT_DEFAULT, 1, LIMIT_MAX));
  }

  /** A whole number within the bounds; too high is told apart from nonsense. */
  static int number(HttpServletRequest request, String name, int otherwise, int min, int max) {
    String value = request.getParameter(name);
    if (value == null) {
      return otherwise;
    }
    int number;
    try {
      number = Integer.parseInt(value);
    } catch (NumberFormatException notNumber) {
      throw ApiProblem.invalid(name + " must be a whole number.");
    }
    if (number < min) {
      throw ApiProblem.invalid(name + " must be at least " + min + ".");
    }
    if (number > max) {
      throw ApiProblem.tooHigh(name + " must be at most " + max + ".");
    }
    return number;
  }

  Optional<String> filter(String name) {
    return Optional.ofNullable(request.getParameter(name));
  }

  PageRequest page() {
    return page(limit);
  }

  PageRequest page(int size) {
    return new PageRequest(
        size, filter("_bookmark").map(bookmark -> bookmarks.open(caller, text, bookmark)));
  }

  String bookmark(String next) {
    return bookmarks.seal(caller, text, next);
  }

  /** Member names of {@code _sort}, each with its leading {@code -} if descending. */
  List<String> sort() {
    return filter("_sort").map(spec -> List.of(spec.split(","))).orElse(List.of());
  }

  /** Section 9.2: no bookmark on the last page, Python takes a null for "start again". */
  <T> ObjectNode answer(Page<T> page, Function<T, ObjectNode> form, OptionalLong total) {
    ObjectNode answer = Answers.object();
    ArrayNode results = answer.putArray("results");
    page.items().forEach(item -> results.add(form.apply(item)));
    ObjectNode meta = answer.putObject("meta");
    meta.putObject("facets");
    total.ifPresent(rows -> meta.put("total_rows", rows));
    page.next().ifPresent(next -> answer.put("bookmark", bookmark(next)));
    return answer;
  }
}
