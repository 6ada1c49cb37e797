package io.sallyport.watson.rest;

import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import java.util.Optional;

/**
 * Who makes a request, and what they sent, as {@link ApiLogin} verified it.
 *
 * @param body of POST and PUT; empty otherwise, whatever came
 * @param contentType media type without parameters, in small letters
 */
record Caller(Principal.OfTenant principal, Payload body, Optional<String> contentType) {
  /** The request attribute that carries it. */
  static final String ATTRIBUTE = "io.sallyport.watson.rest.Caller";

  TenantId tenant() {
    return principal.tenant();
  }
}
