package io.sallyport.web.api;

import org.springframework.http.ResponseEntity;
import org.springframework.web.util.UriComponentsBuilder;

/** The answer to a creation: 201 with the address of what was made. */
final class Created {
  private Created() {}

  static <T> ResponseEntity<T> at(T body, String... segments) {
    return ResponseEntity.created(
            UriComponentsBuilder.fromPath(NativeApiConfiguration.PATH)
                .pathSegment(segments)
                .encode()
                .build()
                .toUri())
        .body(body);
  }
}
