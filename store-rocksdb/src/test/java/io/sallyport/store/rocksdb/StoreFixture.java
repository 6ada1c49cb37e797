package io.sallyport.store.rocksdb;

import io.sallyport.platform.telemetry.TelemetryStoreContract;
import io.sallyport.platform.tenant.FileTenantKeys;
import io.sallyport.platform.tenant.MasterKey;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;

/** A store and its keys over one folder, as a process would have them. */
final class StoreFixture implements AutoCloseable {
  /** Small, so that tests see several windows, and do without the default's free space. */
  static final RocksStoreConfig CONFIG =
      new RocksStoreConfig(8 << 20, 8 << 20, 32 << 20, 0, Duration.ofSeconds(1), 64, 2);

  final FileTenantKeys keys;
  final RocksTelemetryStore store;

  StoreFixture(Path folder) {
    this(folder, CONFIG);
  }

  StoreFixture(Path folder, RocksStoreConfig config) {
    boolean first = !FileTenantKeys.existIn(folder.resolve("keys"));
    byte[] master = new byte[MasterKey.BYTES];
    Arrays.fill(master, (byte) 7);
    keys =
        new FileTenantKeys(
            folder.resolve("keys"), MasterKey.of(master), Clock.systemUTC(), new SecureRandom());
    try {
      for (int tenant = 1; first && tenant <= 3; tenant++) {
        keys.ensureTenant(tenant);
      }
      store =
          new RocksTelemetryStore(
              folder.resolve("log"), config, keys, TelemetryStoreContract.LAST_EVENT_CACHE);
    } catch (RuntimeException refused) {
      keys.close();
      throw refused;
    }
  }

  @Override
  public void close() {
    try (FileTenantKeys _ = keys) {
      store.close();
    }
  }
}
