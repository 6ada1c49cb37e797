package io.sallyport.web.api;

import io.sallyport.platform.identity.HashKeyRing;
import io.sallyport.platform.identity.Principal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The keys that stored secrets are hashed under; for operators. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/hash-keys")
@Tag(name = "installation")
final class HashKeyResource {
  private final HashKeyRing ring;

  HashKeyResource(HashKeyRing ring) {
    this.ring = ring;
  }

  @GetMapping
  @Operation(summary = "How many stored secrets rest on which hash key (operators)")
  HashKeyJson report(@AuthenticationPrincipal Principal actor) {
    return HashKeyJson.of(ring.report(actor));
  }

  @PostMapping
  @Operation(summary = "Make a new hash key; secrets move to it as they log in (operators)")
  HashKeyJson rotate(@AuthenticationPrincipal Principal actor) {
    return HashKeyJson.of(ring.rotate(actor));
  }

  @DeleteMapping("/{number}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      summary =
          "Retire an old hash key; what rests on it is lost, which must be confirmed (operators)")
  void retire(
      @AuthenticationPrincipal Principal actor,
      @PathVariable int number,
      @RequestParam(defaultValue = "false") boolean confirmed) {
    ring.retire(actor, number, confirmed);
  }
}
