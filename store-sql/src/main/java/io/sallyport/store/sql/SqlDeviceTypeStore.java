package io.sallyport.store.sql;

import static io.sallyport.store.sql.Columns.TEXT;
import static io.sallyport.store.sql.Columns.TIME;
import static io.sallyport.store.sql.Columns.column;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceType;
import io.sallyport.platform.device.DeviceTypeStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.Table;

/** Device types in the registry. */
final class SqlDeviceTypeStore implements DeviceTypeStore {
  private static final Table<Record> TYPES = Columns.table("device_types");
  private static final Field<String> TENANT = column(TYPES, "tenant_id", TEXT);
  private static final Field<String> TYPE = column(TYPES, "type_id", TEXT);
  private static final Field<String> CLASS = column(TYPES, "class", TEXT);
  private static final Field<String> DESCRIPTION = column(TYPES, "type_description", TEXT);
  private static final InfoColumns INFO = InfoColumns.of(TYPES);
  private static final Field<String> METADATA = column(TYPES, "metadata", TEXT);
  private static final Field<Instant> CREATED = column(TYPES, "created", TIME);
  private static final Field<Instant> UPDATED = column(TYPES, "updated", TIME);
  private static final List<Field<?>> ALL = all();

  private final Database database;

  SqlDeviceTypeStore(Database database) {
    this.database = database;
  }

  @Override
  public void insert(DeviceType type) {
    database.change(
        Change.of(name(type.tenant(), type.id())),
        sql ->
            sql.insertInto(TYPES)
                .set(TENANT, type.tenant().value())
                .set(TYPE, type.id().value())
                .set(CLASS, type.deviceClass().name())
                .set(DESCRIPTION, type.description())
                .set(INFO.values(type.info()))
                .set(METADATA, type.metadata().orElse(null))
                .set(CREATED, type.created())
                .set(UPDATED, type.updated())
                .execute());
  }

  @Override
  public Optional<DeviceType> find(TenantId tenant, TypeId id) {
    return database.read(sql -> one(sql, tenant, id));
  }

  @Override
  public Page<DeviceType> list(TenantId tenant, boolean descending, PageRequest page) {
    return database.read(sql ->
        new Keyset(
                "device-types/" + tenant + "/" + (descending ? "down" : "up"),
                List.of(TYPE),
                descending)
            .fetch(
                sql.select(ALL).from(TYPES).where(TENANT.eq(tenant.value())),
                page,
                SqlDeviceTypeStore::deviceType));
  }

  @Override
  public long count(TenantId tenant) {
    return database.read(sql -> (long) sql.fetchCount(TYPES, TENANT.eq(tenant.value())));
  }

  @Override
  public DeviceType update(DeviceType type) {
    return database.change(
        Change.of(name(type.tenant(), type.id())),
        sql -> {
          sql.update(TYPES)
              .set(DESCRIPTION, type.description())
              .set(INFO.values(type.info()))
              .set(METADATA, type.metadata().orElse(null))
              .set(UPDATED, type.updated())
              .where(key(type.tenant(), type.id()))
              .execute();
          return one(sql, type.tenant(), type.id())
              .orElseThrow(() -> Problem.notFound(name(type.tenant(), type.id())));
        });
  }

  @Override
  public boolean delete(TenantId tenant, TypeId id) {
    // The devices' foreign key refuses it while there are any.
    return database.change(
        Change.deleting(name(tenant, id)),
        sql -> sql.deleteFrom(TYPES).where(key(tenant, id)).execute() > 0);
  }

  static String name(TenantId tenant, TypeId id) {
    return "device type " + tenant + "/" + id;
  }

  private Optional<DeviceType> one(DSLContext sql, TenantId tenant, TypeId id) {
    SelectConditionStep<Record> select = sql.select(ALL).from(TYPES).where(key(tenant, id));
    return database.mustLock()
        ? select.forNoKeyUpdate().fetchOptional(SqlDeviceTypeStore::deviceType)
        : select.fetchOptional(SqlDeviceTypeStore::deviceType);
  }

  private static Condition key(TenantId tenant, TypeId id) {
    return TENANT.eq(tenant.value()).and(TYPE.eq(id.value()));
  }

  private static DeviceType deviceType(Record row) {
    return new DeviceType(
        new TenantId(row.get(TENANT)),
        new TypeId(row.get(TYPE)),
        DeviceClass.valueOf(row.get(CLASS)),
        row.get(DESCRIPTION),
        INFO.read(row),
        Optional.ofNullable(row.get(METADATA)),
        row.get(CREATED),
        row.get(UPDATED));
  }

  private static List<Field<?>> all() {
    List<Field<?>> fields =
        new ArrayList<>(List.of(TENANT, TYPE, CLASS, DESCRIPTION, METADATA, CREATED, UPDATED));
    fields.addAll(INFO.all());
    return List.copyOf(fields);
  }
}
