package io.sallyport.store.sql;

import static io.sallyport.store.sql.Columns.FLAG;
import static io.sallyport.store.sql.Columns.INT;
import static io.sallyport.store.sql.Columns.TEXT;
import static io.sallyport.store.sql.Columns.TIME;
import static io.sallyport.store.sql.Columns.column;

import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectJoinStep;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The tables of devices: what a {@link Device} is in rows. */
final class DeviceColumns {
  static final Table<Record> OBJECTS = Columns.table("objects");
  static final Field<Long> OBJECT_NUMBER = column(OBJECTS, "number", INT);
  static final Field<String> OBJECT_TENANT = column(OBJECTS, "tenant_id", TEXT);
  static final Field<String> OBJECT_KIND = column(OBJECTS, "kind", TEXT);

  static final Table<Record> DEVICES = Columns.table("devices");
  static final Field<Long> NUMBER = column(DEVICES, "number", INT);
  static final Field<String> TENANT = column(DEVICES, "tenant_id", TEXT);
  static final Field<String> TYPE = column(DEVICES, "type_id", TEXT);
  static final Field<String> ID = column(DEVICES, "device_id", TEXT);
  static final Field<String> CLASS = column(DEVICES, "class", TEXT);
  static final Field<Long> GATEWAY = column(DEVICES, "gateway_number", INT);
  static final InfoColumns INFO = InfoColumns.of(DEVICES);
  static final Field<String> METADATA = column(DEVICES, "metadata", TEXT);
  static final Field<Boolean> ENABLED = column(DEVICES, "enabled", FLAG);
  static final Field<Boolean> ALERT_ENABLED = column(DEVICES, "alert_enabled", FLAG);
  static final Field<String> REGISTERED_BY = column(DEVICES, "registered_by", TEXT);
  static final Field<Instant> REGISTERED = column(DEVICES, "registered", TIME);
  static final Field<Instant> UPDATED = column(DEVICES, "updated", TIME);
  static final Field<Long> VERSION = column(DEVICES, "version", INT);

  private static final Table<Record> GATEWAYS = DEVICES.as("gateways");
  private static final Field<Long> GATEWAY_SELF = column(GATEWAYS, "number", INT);
  private static final Field<String> GATEWAY_TYPE =
      column(GATEWAYS, "type_id", TEXT).as("gateway_type");
  private static final Field<String> GATEWAY_ID =
      column(GATEWAYS, "device_id", TEXT).as("gateway_id");
  private static final List<Field<?>> ALL = all();

  private DeviceColumns() {}

  static SelectJoinStep<Record> select(DSLContext sql) {
    return sql.select(ALL).from(DEVICES).leftJoin(GATEWAYS).on(GATEWAY_SELF.eq(GATEWAY));
  }

  static Condition is(DeviceKey key) {
    return TENANT
        .eq(key.tenant().value())
        .and(TYPE.eq(key.type().value()))
        .and(ID.eq(key.id().value()));
  }

  static Condition isBehind(DeviceKey gateway) {
    Table<Record> other = DEVICES.as("wanted");
    return GATEWAY.eq(
        DSL.select(column(other, "number", INT))
            .from(other)
            .where(column(other, "tenant_id", TEXT).eq(gateway.tenant().value()))
            .and(column(other, "type_id", TEXT).eq(gateway.type().value()))
            .and(column(other, "device_id", TEXT).eq(gateway.id().value())));
  }

  /** The values that an update replaces. */
  static Map<Field<?>, @Nullable Object> changeable(Device device, @Nullable Long gatewayNumber) {
    Map<Field<?>, @Nullable Object> values = new LinkedHashMap<>(INFO.values(device.info()));
    values.put(GATEWAY, gatewayNumber);
    values.put(METADATA, device.metadata().orElse(null));
    values.put(ENABLED, device.enabled());
    values.put(ALERT_ENABLED, device.alertEnabled());
    values.put(UPDATED, device.updated());
    return values;
  }

  static Device device(Record row) {
    TenantId tenant = new TenantId(row.get(TENANT));
    return new Device(
        new DeviceKey(tenant, new TypeId(row.get(TYPE)), new DeviceId(row.get(ID))),
        row.get(NUMBER),
        DeviceClass.valueOf(row.get(CLASS)),
        gateway(tenant, row),
        INFO.read(row),
        Optional.ofNullable(row.get(METADATA)),
        row.get(ENABLED),
        row.get(ALERT_ENABLED),
        row.get(REGISTERED_BY),
        row.get(REGISTERED),
        row.get(UPDATED),
        row.get(VERSION));
  }

  static Device numbered(Device device, long number) {
    return new Device(
        device.key(),
        number,
        device.deviceClass(),
        device.gateway(),
        device.info(),
        device.metadata(),
        device.enabled(),
        device.alertEnabled(),
        device.registeredBy(),
        device.registered(),
        device.updated(),
        device.version());
  }

  private static Optional<DeviceKey> gateway(TenantId tenant, Record row) {
    return row.get(GATEWAY) == null
        ? Optional.empty()
        : Optional.of(
            new DeviceKey(
                tenant, new TypeId(row.get(GATEWAY_TYPE)), new DeviceId(row.get(GATEWAY_ID))));
  }

  private static List<Field<?>> all() {
    List<Field<?>> fields =
        new ArrayList<>(
            List.of(
                NUMBER,
                TENANT,
                TYPE,
                ID,
                CLASS,
                GATEWAY,
                GATEWAY_TYPE,
                GATEWAY_ID,
                METADATA,
                ENABLED,
                ALERT_ENABLED,
                REGISTERED_BY,
                REGISTERED,
                UPDATED,
                VERSION));
    fields.addAll(INFO.all());
    return List.copyOf(fields);
  }
}
