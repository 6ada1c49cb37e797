package io.sallyport.platform.base;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One page of a keyset-paged list; {@code next} continues it and is empty on the last page. */
public record Page<T>(List<T> items, Optional<String> next) {
  public Page {
    items = List.copyOf(items);
  }

  public <R> Page<R> map(Function<? super T, ? extends R> mapping) {
    return new Page<>(items.stream().<R>map(mapping).toList(), next);
  }
}
