package io.sallyport.platform.testing;

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
import io.sallyport.platform.identity.KnownAddressStore;
import io.sallyport.platform.identity.KnownAddressStoreContract;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.identity.OperatorKeyStoreContract;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.platform.tenant.TenantStoreContract;
import org.junit.jupiter.api.Nested;

/** The fakes keep the contracts that the durable stores keep. */
class InMemoryStoresTest {
  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryTenantStore tenants = new InMemoryTenantStore(transactions);
  private final InMemoryApiKeyStore apiKeys = new InMemoryApiKeyStore(transactions);
  private final InMemoryOperatorKeyStore operatorKeys = new InMemoryOperatorKeyStore(transactions);
  private final InMemoryDeviceTypeStore types = new InMemoryDeviceTypeStore(transactions);
  private final InMemoryDeviceStore devices = new InMemoryDeviceStore(transactions, types);
  private final InMemoryCommandStore commands = new InMemoryCommandStore(transactions);
  private final InMemoryAuditStore audit = new InMemoryAuditStore(transactions);

  @Nested
  class AsTransactions implements TransactionsContract {
    @Override
    public Transactions transactions() {
      return transactions;
    }

    @Override
    public TenantStore tenants() {
      return tenants;
    }
  }

  @Nested
  class AsTenantStore implements TenantStoreContract {
    @Override
    public TenantStore tenants() {
      return tenants;
    }
  }

  @Nested
  class AsApiKeyStore implements ApiKeyStoreContract {
    @Override
    public TenantStore tenants() {
      return tenants;
    }

    @Override
    public ApiKeyStore apiKeys() {
      return apiKeys;
    }
  }

  @Nested
  class AsKnownAddressStore implements KnownAddressStoreContract {
    private final KnownAddressStore addresses = new InMemoryKnownAddressStore();

    @Override
    public KnownAddressStore knownAddresses() {
      return addresses;
    }
  }

  @Nested
  class AsOperatorKeyStore implements OperatorKeyStoreContract {
    @Override
    public OperatorKeyStore operatorKeys() {
      return operatorKeys;
    }
  }

  @Nested
  class AsDeviceTypeStore implements DeviceTypeStoreContract {
    @Override
    public TenantStore tenants() {
      return tenants;
    }

    @Override
    public DeviceTypeStore types() {
      return types;
    }

    @Override
    public DeviceStore devices() {
      return devices;
    }
  }

  @Nested
  class AsDeviceStore implements DeviceStoreContract {
    @Override
    public TenantStore tenants() {
      return tenants;
    }

    @Override
    public DeviceTypeStore types() {
      return types;
    }

    @Override
    public DeviceStore devices() {
      return devices;
    }
  }

  @Nested
  class AsCommandStore implements CommandStoreContract {
    @Override
    public TenantStore tenants() {
      return tenants;
    }

    @Override
    public DeviceTypeStore types() {
      return types;
    }

    @Override
    public DeviceStore devices() {
      return devices;
    }

    @Override
    public CommandStore commands() {
      return commands;
    }
  }

  @Nested
  class AsAuditStore implements AuditStoreContract {
    @Override
    public AuditStore audit() {
      return audit;
    }
  }
}
