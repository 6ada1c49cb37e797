package io.sallyport.platform.device;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import java.util.Optional;

/** The registry's device types. */
public interface DeviceTypeStore {
  /**
   * @throws io.sallyport.platform.base.ProblemException {@code ALREADY_EXISTS}
   */
  void insert(DeviceType type);

  Optional<DeviceType> find(TenantId tenant, TypeId id);

  /** Types of the tenant by id, ascending or descending. */
  Page<DeviceType> list(TenantId tenant, boolean descending, PageRequest page);

  long count(TenantId tenant);

  /**
   * @throws io.sallyport.platform.base.ProblemException {@code NOT_FOUND}
   */
  DeviceType update(DeviceType type);

  /**
   * Whether there was one.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code IN_USE} while it has devices
   */
  boolean delete(TenantId tenant, TypeId id);
}
