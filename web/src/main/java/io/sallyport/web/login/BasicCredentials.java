package io.sallyport.web.login;

import io.sallyport.platform.base.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Key and token of a Basic authorization header (RFC 7617). */
record BasicCredentials(String key, Secret token) {
  private static final String SCHEME = "basic ";
  private static final int HEADER_CHARS_MAX = 1024;
  private static final int KEY_BYTES_MAX = 128;

  /** Empty if the header is another scheme's or is not well-formed. */
  static Optional<BasicCredentials> parse(String header) {
    if (header.length() > HEADER_CHARS_MAX
        || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    byte[] pair;
    try {
      pair = Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    int colon = 0;
    while (colon < pair.length && pair[colon] != ':') {
      colon++;
    }
    if (colon == pair.length || colon == 0 || colon > KEY_BYTES_MAX) {
      return Optional.empty();
    }
    return Optional.of(
        new BasicCredentials(
            new String(pair, 0, colon, StandardCharsets.UTF_8),
            Secret.of(Arrays.copyOfRange(pair, colon + 1, pair.length))));
  }
}
