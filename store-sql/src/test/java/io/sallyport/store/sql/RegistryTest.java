package io.sallyport.store.sql;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.audit.AuditStoreContract;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.base.TransactionsContract;
import io.sallyport.platform.command.CommandStore;
import io.sallyport.platform.command.CommandStoreContract;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.DeviceStoreContract;
import io.sallyport.platform.device.DeviceTypeStore;
import io.sallyport.platform.device.DeviceTypeStoreContract;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.ApiKeyStoreContract;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.identity.OperatorKeyStoreContract;
import io.sallyport.platform.tenant.SettingStore;
import io.sallyport.platform.tenant.SettingStoreContract;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.platform.tenant.TenantStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** All contracts of the registry, run against one kind of database. */
abstract class RegistryTest {
  private @org.jspecify.annotations.Nullable SqlRegistry opened;

  /** A database with nothing in it. */
  abstract RegistryConfig emptyDatabase();

  @BeforeEach
  void open() {
    opened = SqlRegistry.open(emptyDatabase(), new FakeTenantKeys(), new SimpleMeterRegistry());
  }

  @AfterEach
  void close() {
    registry().close();
  }

  SqlRegistry registry() {
    return java.util.Objects.requireNonNull(opened);
  }

  @Nested
  class AsTransactions implements TransactionsContract {
    @Override
    public Transactions transactions() {
      return registry().transactions();
    }

    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }
  }

  @Nested
  class AsTenantStore implements TenantStoreContract {
    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }
  }

  @Nested
  class AsSettingStore implements SettingStoreContract {
    @Override
    public SettingStore settings() {
      return registry().settings();
    }
  }

  @Nested
  class AsApiKeyStore implements ApiKeyStoreContract {
    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }

    @Override
    public ApiKeyStore apiKeys() {
      return registry().apiKeys();
    }
  }

  @Nested
  class AsOperatorKeyStore implements OperatorKeyStoreContract {
    @Override
    public OperatorKeyStore operatorKeys() {
      return registry().operatorKeys();
    }
  }

  @Nested
  class AsDeviceTypeStore implements DeviceTypeStoreContract {
    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }

    @Override
    public DeviceTypeStore types() {
      return registry().deviceTypes();
    }

    @Override
    public DeviceStore devices() {
      return registry().devices();
    }
  }

  @Nested
  class AsDeviceStore implements DeviceStoreContract {
    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }

    @Override
    public DeviceTypeStore types() {
      return registry().deviceTypes();
    }

    @Override
    public DeviceStore devices() {
      return registry().devices();
    }
  }

  @Nested
  class AsCommandStore implements CommandStoreContract {
    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }

    @Override
    public DeviceTypeStore types() {
      return registry().deviceTypes();
    }

    @Override
    public DeviceStore devices() {
      return registry().devices();
    }

    @Override
    public CommandStore commands() {
      return registry().commands();
    }
  }

  @Nested
  class AsAuditStore implements AuditStoreContract {
    @Override
    public AuditStore audit() {
      return registry().audit();
    }
  }
}
