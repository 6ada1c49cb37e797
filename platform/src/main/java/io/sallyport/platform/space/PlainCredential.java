package io.sallyport.platform.space;

import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.SecretHash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a client of a plain space logs in with. Its name shares one name space with the tenant's
 * user names.
 *
 * @param number internal number, never reused; owns the sessions (THREATS T30)
 * @param space the one space it opens
 * @param password empty: only a listener with its identity lets its clients in
 * @param rules in order; an empty list denies everything
 * @param version raised at every change that ends its connections
 * @param revision raised at every change
 */
public record PlainCredential(
    TenantId tenant,
    long number,
    String space,
    long spaceNumber,
    String name,
    Optional<SecretHash> password,
    ClientIdRule clientIds,
    List<AccessRule> rules,
    PlainLimits limits,
    boolean enabled,
    Instant created,
    long version,
    long revision) {
  public PlainCredential {
    rules = List.copyOf(rules);
  }

  PlainCredential withPassword(SecretHash changed) {
    return with(Optional.of(changed), clientIds, rules, limits, enabled);
  }

  PlainCredential withRules(List<AccessRule> changed) {
    return with(password, clientIds, changed, limits, enabled);
  }

  PlainCredential withEnabled(boolean changed) {
    return with(password, clientIds, rules, limits, changed);
  }

  PlainCredential with(ClientIdRule newClientIds, PlainLimits newLimits) {
    return with(password, newClientIds, rules, newLimits, enabled);
  }

  private PlainCredential with(
      Optional<SecretHash> newPassword,
      ClientIdRule newClientIds,
      List<AccessRule> newRules,
      PlainLimits newLimits,
      boolean newEnabled) {
    return new PlainCredential(
        tenant,
        number,
        space,
        spaceNumber,
        name,
        newPassword,
        newClientIds,
        newRules,
        newLimits,
        newEnabled,
        created,
        version,
        revision);
  }
}
