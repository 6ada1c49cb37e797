package io.sallyport.platform.identity;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import java.util.Optional;

/** The registry's API keys. */
public interface ApiKeyStore {
  /**
   * @throws io.sallyport.platform.base.ProblemException {@code ALREADY_EXISTS}
   */
  void insert(ApiKey key);

  Optional<ApiKey> find(String key);

  /** Keys of the tenant by ascending key. */
  Page<ApiKey> list(TenantId tenant, PageRequest page);

  /**
   * Replaces token hash, roles, comment, enabled; raises the version.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code NOT_FOUND}
   */
  ApiKey update(ApiKey key);

  /** Whether there was one. */
  boolean delete(TenantId tenant, String key);

  long count(TenantId tenant);
}
