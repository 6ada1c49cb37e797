package io.sallyport.web.operation;

import io.sallyport.web.json.ApiJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the installation is.
 *
 * @param checks shown to operators only (THREATS T48)
 * @param loginlessListeners likewise (THREATS T37)
 */
record HealthJson(
    String status,
    @Nullable List<Check> checks,
    @Nullable List<LoginlessListeners.Shown> loginlessListeners)
    implements ApiJson {
  /** One readiness check; {@code problem} is absent when it is well. */
  record Check(String name, @Nullable String problem) {}
}
