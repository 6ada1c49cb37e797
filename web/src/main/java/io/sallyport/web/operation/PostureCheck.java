package io.sallyport.web.operation;

import java.util.Optional;

/**
 * Something that does not keep the installation from working, and should not stay so: operators see
 * it in health. Thread-safe, quick.
 */
public interface PostureCheck {
  /** Short and fixed, e.g. {@code audit-checkpoints}. */
  String name();

  /** A fixed code, e.g. {@code not-configured}, without names or paths; empty when well. */
  Optional<String> finding();
}
