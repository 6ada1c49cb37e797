package io.sallyport.store.sql;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.NumberMarks;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceAccess;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceCredential;
import io.sallyport.platform.device.DeviceQuery;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.identity.SecretHash;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Devices and their credentials in the registry. */
final class SqlDeviceStore implements DeviceStore {
  private static final FixedQuery<DeviceAccess> ACCESS =
      new FixedQuery<>(
          """
          SELECT d.number, d.class, d.enabled, d.version,
            c.token_scheme, c.token_key, c.token_hash, c.created, c.version
          FROM devices d JOIN device_credentials c ON c.device_number = d.number
          WHERE d.tenant_id = ? AND d.type_id = ? AND d.device_id = ?\
          """,
          row ->
              new DeviceAccess(
                  row.getLong(1),
                  DeviceClass.valueOf(row.getString(2)),
                  row.getBoolean(3),
                  row.getLong(4),
                  new DeviceCredential(
                      row.getLong(1),
                      new SecretHash(
                          row.getString(5), Math.toIntExact(row.getLong(6)), row.getString(7)),
                      Columns.instant(row.getLong(8)),
                      row.getLong(9))));

  private final Database database;
  private final RecentRows<DeviceKey, DeviceAccess> recent;
  private final SqlNumbers numbers;

  SqlDeviceStore(
      Database database, RecentRows<DeviceKey, DeviceAccess> recent, SqlNumbers numbers) {
    this.database = database;
    this.recent = recent;
    this.numbers = numbers;
  }

  @Override
  public Device insert(Device device) {
    DeviceKey key = device.key();
    return database.change(
        Change.of("device " + key),
        sql -> {
          long number =
              numbers.given(
                  NumberMarks.Sequence.OBJECTS,
                  sql.insertInto(DeviceColumns.OBJECTS)
                      .set(DeviceColumns.OBJECT_TENANT, key.tenant().value())
                      .set(DeviceColumns.OBJECT_KIND, "device")
                      .returningResult(DeviceColumns.OBJECT_NUMBER)
                      .fetchSingle()
                      .value1());
          sql.insertInto(DeviceColumns.DEVICES)
              .set(DeviceColumns.NUMBER, number)
              .set(DeviceColumns.TENANT, key.tenant().value())
              .set(DeviceColumns.TYPE, key.type().value())
              .set(DeviceColumns.ID, key.id().value())
              .set(DeviceColumns.CLASS, device.deviceClass().name())
              .set(DeviceColumns.changeable(device, gatewayNumber(sql, device)))
              .set(DeviceColumns.REGISTERED_BY, device.registeredBy())
              .set(DeviceColumns.REGISTERED, device.registered())
              .set(DeviceColumns.VERSION, device.version())
              .execute();
          return DeviceColumns.numbered(device, number);
        });
  }

  @Override
  public Optional<Device> find(DeviceKey key) {
    return database.read(sql -> one(sql, DeviceColumns.is(key)));
  }

  @Override
  public Optional<Device> findByNumber(long number) {
    return database.read(sql -> one(sql, DeviceColumns.NUMBER.eq(number)));
  }

  @Override
  public Page<Device> list(TenantId tenant, DeviceQuery query, PageRequest page) {
    return database.read(sql ->
        keyset(tenant, query)
            .fetch(
                DeviceColumns.select(sql).where(matching(tenant, query)),
                page,
                DeviceColumns::device));
  }

  @Override
  public long count(TenantId tenant, DeviceQuery query) {
    return database.read(
        sql -> (long) sql.fetchCount(DeviceColumns.DEVICES, matching(tenant, query)));
  }

  @Override
  public Device update(Device device, boolean raiseVersion) {
    return database.change(
        Change.of("device " + device.key()),
        sql -> {
          database.changing(() -> recent.forget(device.key()));
          // Number and key: what was read of a device that is gone must not change its successor.
          Condition same =
              DeviceColumns.NUMBER.eq(device.number()).and(DeviceColumns.is(device.key()));
          sql.update(DeviceColumns.DEVICES)
              .set(DeviceColumns.changeable(device, gatewayNumber(sql, device)))
              .set(DeviceColumns.VERSION, DeviceColumns.VERSION.plus(raiseVersion ? 1L : 0L))
              .where(same)
              .execute();
          return one(sql, same).orElseThrow(() -> Problem.notFound("device " + device.key()));
        });
  }

  @Override
  public boolean delete(DeviceKey key) {
    return database.change(
        Change.deleting("device " + key),
        sql -> {
          database.secretErased();
          database.changing(() -> recent.forget(key));
          // Device and credential go with their object.
          return sql.deleteFrom(DeviceColumns.OBJECTS)
                  .where(
                      DeviceColumns.OBJECT_NUMBER.eq(
                          DSL.select(DeviceColumns.NUMBER)
                              .from(DeviceColumns.DEVICES)
                              .where(DeviceColumns.is(key))))
                  .execute()
              > 0;
        });
  }

  @Override
  public DeviceCredential putCredential(DeviceCredential credential) {
    return database.change(
        Change.of("device " + credential.deviceNumber()),
        sql -> {
          DeviceKey key =
              sql.select(DeviceColumns.TENANT, DeviceColumns.TYPE, DeviceColumns.ID)
                  .from(DeviceColumns.DEVICES)
                  .where(DeviceColumns.NUMBER.eq(credential.deviceNumber()))
                  .fetchOptional(row -> DeviceKey.of(row.value1(), row.value2(), row.value3()))
                  .orElseThrow(
                      () -> Problem.notFound("device number " + credential.deviceNumber()));
          database.secretErased();
          database.changing(() -> recent.forget(key));
          sql.insertInto(CredentialColumns.CREDENTIALS)
              .set(CredentialColumns.DEVICE, credential.deviceNumber())
              .set(CredentialColumns.TOKEN.values(credential.token()))
              .set(CredentialColumns.CREATED, credential.created())
              .set(CredentialColumns.VERSION, 1L)
              .onConflict(CredentialColumns.DEVICE)
              .doUpdate()
              .set(CredentialColumns.TOKEN.values(credential.token()))
              .set(CredentialColumns.CREATED, credential.created())
              .set(CredentialColumns.VERSION, CredentialColumns.VERSION.plus(1L))
              .execute();
          return CredentialColumns.find(sql, credential.deviceNumber()).orElseThrow();
        });
  }

  @Override
  public Optional<DeviceCredential> findCredential(long deviceNumber) {
    return database.read(sql -> CredentialColumns.find(sql, deviceNumber));
  }

  @Override
  public Optional<DeviceAccess> findAccess(DeviceKey key) {
    return database.read(
        recent,
        key,
        sql -> ACCESS.ask(sql, key.tenant().value(), key.type().value(), key.id().value()));
  }

  private Optional<Device> one(DSLContext sql, Condition which) {
    SelectConditionStep<Record> select = DeviceColumns.select(sql).where(which);
    return database.mustLock()
        ? select.forNoKeyUpdate().of(DeviceColumns.DEVICES).fetchOptional(DeviceColumns::device)
        : select.fetchOptional(DeviceColumns::device);
  }

  private static @Nullable Long gatewayNumber(DSLContext sql, Device device) {
    if (device.gateway().isEmpty()) {
      return null;
    }
    DeviceKey gateway = device.gateway().get();
    if (!gateway.tenant().equals(device.key().tenant())) {
      throw Problem.invalid("a device's gateway must belong to its tenant");
    }
    return sql.select(DeviceColumns.NUMBER)
        .from(DeviceColumns.DEVICES)
        .where(DeviceColumns.is(gateway))
        .fetchOptional(DeviceColumns.NUMBER)
        .orElseThrow(() -> Problem.notFound("gateway " + gateway));
  }

  private static Condition matching(TenantId tenant, DeviceQuery query) {
    Condition condition = DeviceColumns.TENANT.eq(tenant.value());
    if (query.type().isPresent()) {
      condition = condition.and(DeviceColumns.TYPE.eq(query.type().get().value()));
    }
    if (query.gateway().isPresent()) {
      condition = condition.and(DeviceColumns.isBehind(query.gateway().get()));
    }
    return condition;
  }

  private static Keyset keyset(TenantId tenant, DeviceQuery query) {
    List<Field<?>> fields =
        switch (query.sort()) {
          case KEY -> List.of(DeviceColumns.TYPE, DeviceColumns.ID);
          case DEVICE_ID -> List.of(DeviceColumns.ID, DeviceColumns.TYPE);
          case REGISTERED ->
              List.of(DeviceColumns.REGISTERED, DeviceColumns.TYPE, DeviceColumns.ID);
        };
    // Types hold no slash, so no two queries read alike.
    String name =
        String.join(
            "/",
            "devices",
            tenant.value(),
            query.type().map(type -> type.value()).orElse("*"),
            query.gateway().map(DeviceKey::toString).orElse("*"),
            query.sort().name(),
            query.descending() ? "down" : "up");
    return new Keyset(name, fields, query.descending());
  }
}
