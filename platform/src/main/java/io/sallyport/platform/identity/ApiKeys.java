package io.sallyport.platform.identity;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import java.util.Optional;
import java.util.Set;

/**
 * Makes, changes and ends API keys, with rights, audit and the closing of live connections. Every
 * method checks the acting principal and throws {@link AccessDeniedProblem}. Nobody grants a
 * permission that he does not hold himself (THREATS T34); operators may make a tenant's keys.
 */
public interface ApiKeys {
  /**
   * @param key chosen key, or empty to make one
   * @param token chosen token, or empty to make one
   * @throws io.sallyport.platform.base.ProblemException {@code INVALID} (unknown role, bad key
   *     form), {@code ALREADY_EXISTS}
   */
  IssuedApiKey create(
      Principal actor,
      TenantId tenant,
      Optional<String> key,
      Optional<Secret> token,
      Set<String> roles,
      String comment);

  ApiKey get(Principal actor, TenantId tenant, String key);

  Page<ApiKey> list(Principal actor, TenantId tenant, PageRequest page);

  ApiKey changeRoles(Principal actor, TenantId tenant, String key, Set<String> roles);

  ApiKey setEnabled(Principal actor, TenantId tenant, String key, boolean enabled);

  void delete(Principal actor, TenantId tenant, String key);
}
