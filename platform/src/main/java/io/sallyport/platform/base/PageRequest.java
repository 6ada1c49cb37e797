package io.sallyport.platform.base;

import java.util.Optional;

/**
 * Which part of a list is wanted: at most {@code limit} items (1 to 1000), after the place that
 * {@code after}, the {@code next} of an earlier page, names. Stores treat {@code after} as
 * untrusted text: a value they did not make is {@link Problem.Code#BAD_CURSOR}.
 */
public record PageRequest(int limit, Optional<String> after) {
  public static final int LIMIT_MAX = 1000;

  public PageRequest {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new IllegalArgumentException("limit must be 1 to 1000");
    }
  }

  public static PageRequest first(int limit) {
    return new PageRequest(limit, Optional.empty());
  }

  public PageRequest next(String after) {
    return new PageRequest(limit, Optional.of(after));
  }
}
