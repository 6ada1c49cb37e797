package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.space.PlainSpace;
import io.sallyport.platform.space.PlainSpace.Acknowledge;
import io.sallyport.platform.space.PlainSpace.DeniedPublish;
import io.sallyport.web.json.ApiJson;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A plain space as JSON.
 *
 * @param acknowledge {@code durable} or {@code received}
 * @param onDeniedPublish {@code drop} or {@code close}
 */
record SpaceJson(String name, String acknowledge, String onDeniedPublish, Instant created)
    implements ApiJson {
  static SpaceJson of(PlainSpace space) {
    return new SpaceJson(
        space.name(),
        space.acknowledge().name().toLowerCase(Locale.ROOT),
        space.deniedPublish().name().toLowerCase(Locale.ROOT),
        space.created());
  }

  /** What creates a space; absent members are {@code durable} and {@code drop}. */
  record New(@Nullable String name, @Nullable String acknowledge, @Nullable String onDeniedPublish)
      implements ApiJson {}

  /** What changes a space; absent members stay as they are. */
  record Change(@Nullable String acknowledge, @Nullable String onDeniedPublish)
      implements ApiJson {}

  static Optional<Acknowledge> acknowledge(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    return Optional.of(
        switch (text) {
          case "durable" -> Acknowledge.DURABLE;
          case "received" -> Acknowledge.RECEIVED;
          default -> throw Problem.invalid("member 'acknowledge' must be durable or received");
        });
  }

  static Optional<DeniedPublish> deniedPublish(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    return Optional.of(
        switch (text) {
          case "drop" -> DeniedPublish.DROP;
          case "close" -> DeniedPublish.CLOSE;
          default -> throw Problem.invalid("member 'onDeniedPublish' must be drop or close");
        });
  }
}
