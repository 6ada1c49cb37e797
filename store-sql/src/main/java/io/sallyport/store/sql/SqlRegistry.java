package io.sallyport.store.sql;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.base.NumberMarks;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.command.CommandStore;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.DeviceTypeStore;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.KnownAddressStore;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.identity.StoredHashes;
import io.sallyport.platform.tenant.SettingStore;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStore;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The system of record, opened: all registry stores and the transactions that span them.
 * Thread-safe; every call blocks, so none belongs on an event loop, but for {@link
 * Transactions#submit}. Work in a transaction must not wait for another thread that writes.
 */
public final class SqlRegistry implements AutoCloseable {
  private final Database database;
  private final SealedPayloads payloads;
  private final LoginRows recent = new LoginRows();
  private final SqlNumbers numbers;

  private SqlRegistry(Database database, TenantKeys keys, NumberMarks marks) {
    this.database = database;
    this.payloads = new SealedPayloads(keys);
    this.numbers = new SqlNumbers(database, marks);
  }

  /**
   * Opens the database, making it or bringing its schema up to date where needed.
   *
   * @param keys seals the payloads of commands
   * @param marks the internal numbers that must not be given again, whatever the database says
   * @throws io.sallyport.platform.base.ProblemException {@code CONFLICT} if a newer release wrote
   *     it, {@code INVALID} for a URL that is malformed or asks for less than verified TLS, {@code
   *     UNAVAILABLE}, {@code CORRUPT}, {@code STORAGE_FULL}, {@code STORAGE_FAILED}
   */
  public static SqlRegistry open(
      RegistryConfig config, TenantKeys keys, NumberMarks marks, MeterRegistry meters) {
    Database database =
        switch (config) {
          case RegistryConfig.Sqlite sqlite -> SqliteDatabase.open(sqlite, meters);
          case RegistryConfig.Postgres postgres -> PostgresDatabase.open(postgres, meters);
        };
    SqlRegistry registry = new SqlRegistry(database, keys, marks);
    try {
      registry.numbers.raise();
    } catch (RuntimeException e) {
      registry.close();
      throw e;
    }
    return registry;
  }

  public Transactions transactions() {
    return database.transactions();
  }

  public TenantStore tenants() {
    return new SqlTenantStore(database, payloads, recent, numbers);
  }

  public DeviceTypeStore deviceTypes() {
    return new SqlDeviceTypeStore(database);
  }

  public DeviceStore devices() {
    return new SqlDeviceStore(database, recent.devices(), numbers);
  }

  public ApiKeyStore apiKeys() {
    return new SqlApiKeyStore(database, recent.apiKeys());
  }

  public OperatorKeyStore operatorKeys() {
    return new SqlOperatorKeyStore(database);
  }

  public CommandStore commands() {
    return new SqlCommandStore(database, payloads);
  }

  public AuditStore audit() {
    return new SqlAuditStore(database);
  }

  public KnownAddressStore knownAddresses() {
    return new SqlKnownAddressStore(database);
  }

  public StoredHashes storedHashes() {
    return new SqlStoredHashes(database);
  }

  public SettingStore settings() {
    return new SqlSettingStore(database);
  }

  /**
   * What keeps changes from being stored at present, for readiness; empty again by itself about a
   * second after the cause is gone.
   */
  public Optional<Problem> fault() {
    return database.fault();
  }

  /**
   * Copies the registry to a new file while it runs, as of one commit; checked and synced on
   * return.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code ALREADY_EXISTS} if there is such a
   *     file; {@code CONFLICT} with PostgreSQL, whose own tools do this; or the storage's problem
   */
  public void backupTo(Path file) {
    database.backupTo(file);
  }

  /** Commits what waits and closes all connections; later calls are {@code UNAVAILABLE}. */
  @Override
  public void close() {
    database.close();
  }

  /** For tests that reach below the stores. */
  Database database() {
    return database;
  }
}
