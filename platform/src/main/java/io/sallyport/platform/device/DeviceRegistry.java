package io.sallyport.platform.device;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.identity.Principal;
import java.util.Optional;

/**
 * Registers, changes and deletes device types and devices, with rights, audit in the same
 * transaction, and the closing of live connections. Every method checks the acting principal and
 * throws {@link io.sallyport.platform.identity.AccessDeniedProblem}; problems come as {@link
 * io.sallyport.platform.base.ProblemException}: {@code NOT_FOUND}, {@code ALREADY_EXISTS}, {@code
 * IN_USE}, {@code INVALID}. Blocks.
 */
public interface DeviceRegistry {
  DeviceType createType(
      Principal actor,
      TenantId tenant,
      TypeId id,
      DeviceClass deviceClass,
      String description,
      DeviceInfo info,
      Optional<String> metadata);

  DeviceType getType(Principal actor, TenantId tenant, TypeId id);

  Page<DeviceType> listTypes(
      Principal actor, TenantId tenant, boolean descending, PageRequest page);

  long countTypes(Principal actor, TenantId tenant);

  /** Members left empty stay as they are. */
  DeviceType updateType(
      Principal actor,
      TenantId tenant,
      TypeId id,
      Optional<String> description,
      DeviceInfo info,
      Optional<String> metadata);

  void deleteType(Principal actor, TenantId tenant, TypeId id);

  /** Info and metadata of the type are copied where the registration has none of its own. */
  RegisteredDevice register(Principal actor, DeviceRegistration registration);

  Device get(Principal actor, DeviceKey key);

  Page<Device> list(Principal actor, TenantId tenant, DeviceQuery query, PageRequest page);

  long count(Principal actor, TenantId tenant, DeviceQuery query);

  /** Info is merged member by member; empty metadata and alert stay as they are. */
  Device update(
      Principal actor,
      DeviceKey key,
      DeviceInfo info,
      Optional<String> metadata,
      Optional<Boolean> alertEnabled);

  Device setEnabled(Principal actor, DeviceKey key, boolean enabled);

  /**
   * Replaces the device's token and ends its sessions (THREATS T34: needs {@code
   * device:credential}).
   *
   * @param token chosen, or empty to make one
   */
  RegisteredDevice replaceToken(Principal actor, DeviceKey key, Optional<Secret> token);

  void delete(Principal actor, DeviceKey key);
}
