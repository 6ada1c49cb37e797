package io.sallyport.web.operation;

import io.sallyport.web.json.ApiJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the installation is.
 *
 * @param checks of readiness; shown to operators only (THREATS T48)
 * @param posture what should not stay as it is; shown to operators only
 */
record HealthJson(String status, @Nullable List<Check> checks, @Nullable List<Finding> posture)
    implements ApiJson {
  /** One readiness check; {@code problem} is absent when it is well. */
  record Check(String name, @Nullable String problem) {}

  /** One finding of a {@link PostureCheck}. */
  record Finding(String name, String finding) {}
}
