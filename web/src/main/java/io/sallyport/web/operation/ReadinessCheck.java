package io.sallyport.web.operation;

import java.util.Optional;

/** One thing that must be well for the installation to take work. Thread-safe, quick. */
public interface ReadinessCheck {
  /** Short and fixed, e.g. {@code storage}. */
  String name();

  /** A fixed reason code, e.g. {@code storage-full}, without names or paths; empty when well. */
  Optional<String> problem();
}
