package io.sallyport.web.operation;

import io.sallyport.web.json.ApiJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the installation is.
 *
 * @param checks of readiness; shown to operators only (THREATS T48)
 * @param posture what should not stay as it is; shown to operators only
 * @param loginlessListeners likewise (THREATS T37)
 */
record HealthJson(
    String status,
    @Nullable List<Check> checks,
    @Nullable List<Finding> posture,
    @Nullable List<LoginlessListeners.Shown> loginlessListeners)
    implements ApiJson {
  /** One readiness check; {@code problem} is absent when it is well. */
  record Check(String name, @Nullable String problem) {}

  /** One finding of a {@link PostureCheck}. */
  record Finding(String name, String finding) {}
}
