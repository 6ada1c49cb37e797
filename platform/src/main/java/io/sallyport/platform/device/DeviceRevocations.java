package io.sallyport.platform.device;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a device's revocation to its live connections and to all who keep something for it.
 * Listeners of later rooms are added when they are wired. Thread-safe.
 */
public final class DeviceRevocations {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceRevocations.class);

  private final LiveConnections connections;
  private final List<DeviceRevocationListener> listeners = new CopyOnWriteArrayList<>();

  public DeviceRevocations(LiveConnections connections) {
    this.connections = connections;
  }

  public void add(DeviceRevocationListener listener) {
    listeners.add(listener);
  }

  /** Inside the transaction: what a listener throws undoes the change. */
  void revoking(Device device, DeviceRevocationListener.Cause cause) {
    listeners.forEach(listener -> listener.revoking(device, cause));
  }

  /** After the commit, connections first: the bound of THREATS T31 runs. */
  void revoked(Device device, DeviceRevocationListener.Cause cause) {
    connections.closeDevice(device.key());
    for (DeviceRevocationListener listener : listeners) {
      try {
        listener.revoked(device, cause);
      } catch (RuntimeException e) {
        // The revocation holds; what this listener leaves behind must not keep the others from
        // theirs. Numbers are never reused, so leftovers belong to nobody.
        LOG.error("Cleaning up after device {} failed", device.number(), e);
      }
    }
  }
}
