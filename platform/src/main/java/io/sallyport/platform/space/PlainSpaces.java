package io.sallyport.platform.space;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Makes, changes and ends plain spaces, their credentials and bridges, with rights ({@code
 * space:read}, {@code space:manage}), audit in the same transaction, and the closing of live
 * connections. Throws {@link io.sallyport.platform.identity.AccessDeniedProblem}, and {@link
 * io.sallyport.platform.base.ProblemException} with {@code NOT_FOUND}, {@code ALREADY_EXISTS},
 * {@code IN_USE}, {@code INVALID} or {@code LIMIT_REACHED}. Blocks.
 */
public interface PlainSpaces {
  PlainSpace createSpace(
      Principal actor,
      TenantId tenant,
      String name,
      PlainSpace.Acknowledge acknowledge,
      PlainSpace.DeniedPublish deniedPublish);

  PlainSpace getSpace(Principal actor, TenantId tenant, String name);

  Page<PlainSpace> listSpaces(Principal actor, TenantId tenant, PageRequest page);

  /** Empty settings stay. Acts on open connections. */
  PlainSpace changeSpace(
      Principal actor,
      TenantId tenant,
      String name,
      Optional<PlainSpace.Acknowledge> acknowledge,
      Optional<PlainSpace.DeniedPublish> deniedPublish);

  /** A space that has no credentials and no bridges; what it retained goes too. */
  void deleteSpace(Principal actor, TenantId tenant, String name);

  /** Where a credential's password comes from. */
  sealed interface Password {
    /** Somebody chose it. */
    record Chosen(Secret secret) implements Password {}

    /** It is made, and told once. */
    record Made() implements Password {}

    /** There is none: only a listener with the credential's identity lets clients in. */
    record None() implements Password {}
  }

  /**
   * What a new credential shall be.
   *
   * @param clientIds empty: those that begin with the credential's name and a hyphen
   */
  record NewCredential(
      String name,
      Password password,
      Optional<ClientIdRule> clientIds,
      List<AccessRule> rules,
      PlainLimits limits) {}

  IssuedPlainCredential createCredential(
      Principal actor, TenantId tenant, String space, NewCredential wanted);

  PlainCredential getCredential(Principal actor, TenantId tenant, String space, String name);

  Page<PlainCredential> listCredentials(
      Principal actor, TenantId tenant, String space, PageRequest page);

  /** Replaces the access rules; open connections go on under the new ones at once. */
  PlainCredential changeRules(
      Principal actor, TenantId tenant, String space, String name, List<AccessRule> rules);

  /**
   * Another client id rule ends its connections; other limits do not.
   *
   * @param limits makes the new limits from those that it has
   */
  PlainCredential changeCredential(
      Principal actor,
      TenantId tenant,
      String space,
      String name,
      Optional<ClientIdRule> clientIds,
      UnaryOperator<PlainLimits> limits);

  /** Disabling ends its connections. */
  PlainCredential setEnabled(
      Principal actor, TenantId tenant, String space, String name, boolean enabled);

  /**
   * Ends its connections.
   *
   * @param chosen empty: one is made
   */
  IssuedPlainCredential replacePassword(
      Principal actor, TenantId tenant, String space, String name, Optional<Secret> chosen);

  /** Ends its connections and sessions. */
  void deleteCredential(Principal actor, TenantId tenant, String space, String name);

  /**
   * The actor becomes the author: an API key that holds {@code space:manage}, and {@code
   * event:publish} or {@code event:read} for the direction.
   */
  Bridge createBridge(Principal actor, TenantId tenant, String space, Bridge.Plan plan);

  Bridge getBridge(Principal actor, TenantId tenant, String space, String name);

  Page<Bridge> listBridges(Principal actor, TenantId tenant, String space, PageRequest page);

  /** Starts a stopped bridge with the actor as its author. */
  Bridge startBridge(Principal actor, TenantId tenant, String space, String name);

  Bridge stopBridge(Principal actor, TenantId tenant, String space, String name);

  void deleteBridge(Principal actor, TenantId tenant, String space, String name);
}
