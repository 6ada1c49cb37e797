package io.sallyport.platform.device;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import java.util.Optional;

/**
 * All open connections by what they rest on, so that a revocation reaches each within 5 s of its
 * commit (THREATS T31). Thread-safe.
 */
public interface LiveConnections {
  /**
   * Adds a connection before its versions are read again and before it is told that it is logged
   * in. Close the handle when the connection ends.
   */
  Registration register(LiveConnection connection);

  /** Takes the connection out again. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  void closeTenant(TenantId tenant);

  void closeDevice(DeviceKey device);

  void closeApiKey(TenantId tenant, String apiKey);

  void closeOperator(String operatorKey);

  boolean isConnected(DeviceKey device);

  /** The device's connection; the newest, while one takes another over. */
  Optional<ConnectionDetails> connection(DeviceKey device);

  int count();
}
