package io.sallyport.platform.identity;

import io.sallyport.platform.base.TenantId;
import java.util.Optional;

/**
 * For whom something is hashed: the queue takes turns between people and machines, then between
 * tenants, and within a tenant between address blocks.
 *
 * @param person whether a user or operator waits
 */
public record HashLane(String tenant, String address, boolean person) {
  /** Of a machine. */
  public HashLane(String tenant, String address) {
    this(tenant, address, false);
  }

  public static HashLane of(Optional<TenantId> tenant, LoginSource source) {
    AddressBlock block = AddressBlock.around(AddressBlock.addressOf(source.remote()));
    return new HashLane(tenant.map(TenantId::value).orElse(""), block.networkHex());
  }

  HashLane ofPeople() {
    return new HashLane(tenant, address, true);
  }

  /** For secrets that an authenticated caller sets. */
  public static HashLane registry(Optional<TenantId> tenant) {
    return new HashLane(tenant.map(TenantId::value).orElse(""), "registry");
  }
}
