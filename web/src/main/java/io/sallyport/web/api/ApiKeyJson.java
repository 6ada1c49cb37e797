package io.sallyport.web.api;

import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.web.json.ApiJson;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An API key as JSON.
 *
 * @param token only in the answer that creates it
 */
record ApiKeyJson(
    String key,
    List<String> roles,
    String comment,
    boolean enabled,
    Instant created,
    @Nullable String token)
    implements ApiJson {
  static ApiKeyJson of(ApiKey key) {
    return of(key, null);
  }

  static ApiKeyJson of(IssuedApiKey issued) {
    return of(issued.key(), issued.token().revealText());
  }

  private static ApiKeyJson of(ApiKey key, @Nullable String token) {
    return new ApiKeyJson(
        key.key(),
        key.roles().stream().sorted().toList(),
        key.comment(),
        key.enabled(),
        key.created(),
        token);
  }

  @Override
  public String toString() {
    return "ApiKeyJson[" + key + "]";
  }

  /** What creates an API key; its name and token are made. */
  record New(@Nullable Set<String> roles, @Nullable String comment) implements ApiJson {}

  /** What changes an API key; absent members stay as they are. */
  record Change(@Nullable Set<String> roles, @Nullable Boolean enabled) implements ApiJson {}
}
