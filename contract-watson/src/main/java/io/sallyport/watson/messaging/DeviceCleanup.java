package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Router;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceRevocationListener;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.watson.DeviceDirectory;
import io.sallyport.watson.status.StatusBoard;

/** Forgets what this contract keeps for a device that is gone (THREATS T36). */
final class DeviceCleanup implements DeviceRevocationListener {
  private final TenantStore tenants;
  private final DeviceDirectory directory;
  private final StatusBoard board;
  private final Router router;

  DeviceCleanup(TenantStore tenants, DeviceDirectory directory, StatusBoard board, Router router) {
    this.router = router;
    this.tenants = tenants;
    this.directory = directory;
    this.board = board;
  }

  /** Nothing here belongs to the transaction. */
  @Override
  public void revoking(Device device, Cause cause) {}

  @Override
  public void revoked(Device device, Cause cause) {
    directory.forget(device.key());
    switch (cause) {
      case DELETED ->
          tenants
              .find(device.key().tenant())
              .map(Tenant::number)
              .ifPresent(number -> {
                board.forget(number, device.key());
                router.endSession(WatsonGate.sessionOf(device, number));
              });
      case DISABLED, TOKEN_REPLACED -> {}
    }
  }
}
