package io.sallyport.web;

import java.time.Duration;
import java.util.Map;

/**
 * The limits and switches of this room. Read and validated in {@code server}.
 *
 * @param bodyBytesMax largest request body of the native API
 * @param payloadBytesMax largest payload of an event or command, decoded
 * @param answerBytesMax payload bytes after which a page of events or commands ends early
 * @param readItemsMax how many events or commands with payloads are read from a store at once; by
 *     so many a page may go beyond {@code answerBytesMax}
 * @param durableWait how long a request waits until what it brought is durable, before 503
 * @param openApi whether {@code /openapi/v1.json} is served (THREATS T48: off by default)
 */
public record WebConfig(
    int bodyBytesMax,
    int payloadBytesMax,
    int answerBytesMax,
    int readItemsMax,
    Duration durableWait,
    boolean openApi) {
  /** Greatest depth of JSON that is read (THREATS T38). */
  public static final int JSON_DEPTH_MAX = 64;

  /** Most steps of a series' path (THREATS T38). */
  public static final int PATH_STEPS_MAX = 16;

  public static final WebConfig DEFAULT =
      new WebConfig(1 << 20, 131_072, 1 << 20, 8, Duration.ofSeconds(10), false);

  public WebConfig {
    if (bodyBytesMax < 1 || payloadBytesMax < 1 || answerBytesMax < 1) {
      throw new IllegalArgumentException("web: sizes must be positive");
    }
    if (readItemsMax < 1 || readItemsMax > 1000) {
      throw new IllegalArgumentException("web: readItemsMax must be 1 to 1000");
    }
    if (durableWait.isNegative() || durableWait.isZero()) {
      throw new IllegalArgumentException("web: durableWait must be positive");
    }
  }

  public WebConfig withOpenApi(boolean served) {
    return new WebConfig(
        bodyBytesMax, payloadBytesMax, answerBytesMax, readItemsMax, durableWait, served);
  }

  /**
   * Properties that the Spring application must be started with; springdoc and Spring Boot take
   * theirs from nowhere else.
   */
  public Map<String, Object> springProperties() {
    return Map.of(
        "springdoc.api-docs.enabled",
        openApi,
        "springdoc.api-docs.path",
        "/openapi",
        "springdoc.default-produces-media-type",
        "application/json",
        "springdoc.override-with-generic-response",
        false,
        "spring.threads.virtual.enabled",
        true,
        "spring.web.resources.add-mappings",
        false,
        // Both would read bodies before the login, and out of no budget (THREATS T44).
        "spring.mvc.formcontent.filter.enabled",
        false,
        "spring.servlet.multipart.enabled",
        false);
  }
}
