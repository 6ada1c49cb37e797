package io.sallyport.platform.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Walks paged lists. */
public final class Pages {
  private Pages() {}

  /** All items, fetched by pages of {@code limit}; every page but the last must be full. */
  public static <T> List<T> all(int limit, Function<PageRequest, Page<T>> list) {
    List<T> items = new ArrayList<>();
    PageRequest request = PageRequest.first(limit);
    while (true) {
      Page<T> page = list.apply(request);
      items.addAll(page.items());
      if (page.next().isEmpty()) {
        assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
        return items;
      }
      assertThat(page.items()).hasSize(limit);
      assertThat(page.next().get()).matches("[A-Za-z0-9_-]+");
      request = request.next(page.next().get());
    }
  }

  /** Texts that are no cursor of any list: a foreign one, one altered at its end, and nonsense. */
  public static List<String> badCursors(String cursor) {
    char last = cursor.charAt(cursor.length() - 1);
    return List.of(
        cursor.substring(0, cursor.length() - 1) + (last == 'A' ? 'Q' : 'A'),
        cursor + "A",
        cursor.substring(0, cursor.length() / 2),
        "A",
        "",
        "no cursor",
        "=".repeat(4),
        "A".repeat(100_000));
  }
}
