package io.sallyport.web.login;

import io.sallyport.platform.identity.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A logged-in principal as Spring Security carries it; holds no secret. */
final class KeyLogin extends AbstractAuthenticationToken {
  private final transient Principal principal;

  KeyLogin(Principal principal) {
    super(List.of());
    this.principal = principal;
    setAuthenticated(true);
  }

  @Override
  public @Nullable Object getCredentials() {
    return null;
  }

  @Override
  public Object getPrincipal() {
    return principal;
  }

  @Override
  public String getName() {
    return principal.auditName();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyLogin that && principal.equals(that.principal);
  }

  @Override
  public int hashCode() {
    return principal.hashCode();
  }
}
