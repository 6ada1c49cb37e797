package io.sallyport.platform.identity;

import io.sallyport.platform.base.TenantId;
import java.util.Optional;
import java.util.regex.Pattern;

/** The forms of key names: {@code a-<tenant>-<10 characters>} and {@code o-<10 characters>}. */
final class KeyNames {
  private static final Pattern API_KEY = Pattern.compile("a-[a-z0-9]{6}-[A-Za-z0-9]{10}");
  private static final Pattern OPERATOR_KEY = Pattern.compile("o-[A-Za-z0-9]{10}");

  private KeyNames() {}

  static boolean isOperatorKey(String key) {
    return OPERATOR_KEY.matcher(key).matches();
  }

  /** The tenant that an API key names; empty if it is none. */
  static Optional<TenantId> tenantOf(String key) {
    return API_KEY.matcher(key).matches()
        ? Optional.of(new TenantId(key.substring(2, 8)))
        : Optional.empty();
  }
}
