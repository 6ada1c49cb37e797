package io.sallyport.platform.device;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import java.util.Optional;

/** The registry's devices and their tokens. */
public interface DeviceStore {
  /**
   * Stores a new device; {@code device.number()} is ignored and given by the store from a sequence
   * that never goes back.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code ALREADY_EXISTS}; {@code NOT_FOUND}
   *     if the type does not exist
   */
  Device insert(Device device);

  Optional<Device> find(DeviceKey key);

  Optional<Device> findByNumber(long number);

  Page<Device> list(TenantId tenant, DeviceQuery query, PageRequest page);

  long count(TenantId tenant, DeviceQuery query);

  /**
   * Replaces info, metadata, gateway, enabled, alertEnabled, updated; raises the version when
   * {@code raiseVersion}.
   */
  Device update(Device device, boolean raiseVersion);

  /**
   * Whether there was one. Its credential goes with it, and devices behind it are behind none: a
   * later gateway of the same key must not inherit them (THREATS T33).
   */
  boolean delete(DeviceKey key);

  /** Sets or replaces the device's token; the version rises. */
  DeviceCredential putCredential(DeviceCredential credential);

  Optional<DeviceCredential> findCredential(long deviceNumber);

  /**
   * What a login of this device rests on; empty when it has no token. Asked several times with each
   * login, so it should cost little. A store may answer from memory, but never what was so before
   * the last change whose caller has been told of its commit (THREATS T31).
   */
  default Optional<DeviceAccess> findAccess(DeviceKey key) {
    return find(key)
        .flatMap(
            device -> findCredential(device.number()).map(token -> DeviceAccess.of(device, token)));
  }
}
