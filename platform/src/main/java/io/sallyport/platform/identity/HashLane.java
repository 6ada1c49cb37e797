package io.sallyport.platform.identity;

import io.sallyport.platform.base.TenantId;
import java.util.Optional;

/**
 * For whom something is hashed: the queue takes turns between its shares, then between tenants, and
 * within a tenant between address blocks.
 */
public record HashLane(String tenant, String address, Share share) {
  /** What no flood of another kind takes. */
  public enum Share {
    /** A user or operator. */
    PEOPLE,
    /** A credential from an address that it has succeeded from, or who is logged in already. */
    FAMILIAR,
    /** From an address block without many vain tries of late. */
    NEWCOMERS,
    OTHERS
  }

  /** Of somebody of whom nothing is known. */
  public HashLane(String tenant, String address) {
    this(tenant, address, Share.OTHERS);
  }

  public static HashLane of(Optional<TenantId> tenant, LoginSource source) {
    AddressBlock block = AddressBlock.around(AddressBlock.addressOf(source.remote()));
    return new HashLane(tenant.map(TenantId::value).orElse(""), block.networkHex());
  }

  HashLane in(Share other) {
    return new HashLane(tenant, address, other);
  }

  /** For secrets that an authenticated caller sets. */
  public static HashLane registry(Optional<TenantId> tenant) {
    return new HashLane(tenant.map(TenantId::value).orElse(""), "registry", Share.FAMILIAR);
  }
}
