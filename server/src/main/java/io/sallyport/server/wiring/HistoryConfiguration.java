package io.sallyport.server.wiring;

import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceRevocationListener;
import io.sallyport.platform.device.DeviceRevocations;
import io.sallyport.platform.device.StoredTenants;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.DataFolder;
import io.sallyport.store.rocksdb.RocksStoreConfig;
import io.sallyport.store.rocksdb.RocksTelemetryStore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The log and the history of events; both forget what was deleted. */
@Configuration(proxyBeanMethods = false)
class HistoryConfiguration {
  @Bean(destroyMethod = "close")
  RocksTelemetryStore telemetryStore(
      ServerConfig config, DataFolder data, TenantKeys keys, TenantStore tenants) {
    return new RocksTelemetryStore(
        data.logFolder(),
        RocksStoreConfig.DEFAULT.withFreeBytesMin(config.limits().storageFreeBytes()),
        keys,
        new LastEventSwitch(tenants, System::nanoTime));
  }

  @Bean
  DeviceRevocationListener forgetfulHistory(
      TelemetryStore store,
      TenantStore tenantStore,
      DeviceRevocations revocations,
      StoredTenants tenants) {
    DeviceRevocationListener forgetful =
        new DeviceRevocationListener() {
          @Override
          public void revoking(Device device, Cause cause) {}

          @Override
          public void revoked(Device device, Cause cause) {
            if (cause == Cause.DELETED) {
              tenantStore
                  .find(device.key().tenant())
                  .ifPresent(tenant -> store.deleteDevice(tenant.number(), device.number()));
            }
          }
        };
    revocations.add(forgetful);
    tenants.add(tenant -> store.deleteTenant(tenant.number()));
    return forgetful;
  }
}
