package io.sallyport.platform.space;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import java.util.List;
import java.util.Optional;

/**
 * The registry's plain spaces, their credentials and bridges. Numbers are given by the store from a
 * sequence that never goes back; those of values that are inserted are ignored.
 */
public interface PlainSpaceStore {
  /**
   * @throws io.sallyport.platform.base.ProblemException {@code ALREADY_EXISTS}; {@code NOT_FOUND}
   *     if the tenant does not exist
   */
  PlainSpace insertSpace(PlainSpace space);

  Optional<PlainSpace> findSpace(TenantId tenant, String name);

  /** By internal number. */
  Optional<PlainSpace> findSpace(long number);

  /** Spaces of the tenant by ascending name. */
  Page<PlainSpace> listSpaces(TenantId tenant, PageRequest page);

  long countSpaces(TenantId tenant);

  /**
   * Replaces the settings; raises the version.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code NOT_FOUND}
   */
  PlainSpace updateSpace(PlainSpace space);

  /**
   * Whether there was one.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code IN_USE} while it has credentials or
   *     bridges
   */
  boolean deleteSpace(TenantId tenant, String name);

  /**
   * Takes the name in the tenant's one name space of logins.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code ALREADY_EXISTS} if a credential or
   *     user has the name; {@code NOT_FOUND} if the space does not exist
   */
  PlainCredential insertCredential(PlainCredential credential);

  Optional<PlainCredential> findCredential(TenantId tenant, String name);

  /** By internal number. */
  Optional<PlainCredential> findCredential(long number);

  /** Credentials of the space by ascending name. */
  Page<PlainCredential> listCredentials(TenantId tenant, String space, PageRequest page);

  long countCredentials(TenantId tenant);

  /**
   * Replaces password, client id rule, rules, limits, enabled; raises the revision, and the version
   * when {@code endsConnections}.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code NOT_FOUND}, also when the name now
   *     is that of another credential
   */
  PlainCredential updateCredential(PlainCredential credential, boolean endsConnections);

  /** Whether there was one; its name is free again. */
  boolean deleteCredential(TenantId tenant, String name);

  /**
   * @throws io.sallyport.platform.base.ProblemException {@code ALREADY_EXISTS} if the space has a
   *     bridge of that name; {@code NOT_FOUND} if the space does not exist
   */
  Bridge insertBridge(Bridge bridge);

  Optional<Bridge> findBridge(TenantId tenant, String space, String name);

  /** Bridges of the space by ascending name. */
  Page<Bridge> listBridges(TenantId tenant, String space, PageRequest page);

  long countBridges(TenantId tenant);

  /** All bridges of the installation that are not stopped. */
  List<Bridge> runningBridges();

  /**
   * Replaces author and reason of stopping; raises the version.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code NOT_FOUND}
   */
  Bridge updateBridge(Bridge bridge);

  /** Whether there was one. */
  boolean deleteBridge(TenantId tenant, String space, String name);
}
