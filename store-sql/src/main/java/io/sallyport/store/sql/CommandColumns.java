package io.sallyport.store.sql;

import static io.sallyport.store.sql.Columns.BYTES;
import static io.sallyport.store.sql.Columns.INT;
import static io.sallyport.store.sql.Columns.TEXT;
import static io.sallyport.store.sql.Columns.TIME;
import static io.sallyport.store.sql.Columns.column;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/** The table of commands: what a {@link Command} is in a row. */
record CommandColumns(SealedPayloads payloads) {
  static final Table<Record> COMMANDS = Columns.table("commands");
  static final Field<Long> NUMBER = column(COMMANDS, "number", INT);
  static final Field<String> TENANT = column(COMMANDS, "tenant_id", TEXT);
  static final Field<String> ID = column(COMMANDS, "command_id", TEXT);
  static final Field<Long> TENANT_NUMBER = column(COMMANDS, "tenant_number", INT);
  static final Field<Long> DEVICE_NUMBER = column(COMMANDS, "device_number", INT);
  static final Field<String> TYPE = column(COMMANDS, "type_id", TEXT);
  static final Field<String> DEVICE_ID = column(COMMANDS, "device_id", TEXT);
  static final Field<String> NAME = column(COMMANDS, "name", TEXT);
  static final Field<String> FORMAT = column(COMMANDS, "format", TEXT);
  static final Field<byte[]> SEALED = column(COMMANDS, "sealed_payload", BYTES);
  static final Field<Long> QOS = column(COMMANDS, "qos", INT);
  static final Field<String> STATUS = column(COMMANDS, "status", TEXT);
  static final Field<String> BY = column(COMMANDS, "submitted_by", TEXT);
  static final Field<Instant> CREATED = column(COMMANDS, "created", TIME);
  static final Field<Instant> EXPIRES = column(COMMANDS, "expires", TIME);
  static final Field<Instant> UPDATED = column(COMMANDS, "updated", TIME);
  static final Field<String> REASON = column(COMMANDS, "reason", TEXT);
  static final List<Field<?>> ALL =
      List.of(
          NUMBER,
          TENANT,
          ID,
          TENANT_NUMBER,
          DEVICE_NUMBER,
          TYPE,
          DEVICE_ID,
          NAME,
          FORMAT,
          SEALED,
          QOS,
          STATUS,
          BY,
          CREATED,
          EXPIRES,
          UPDATED,
          REASON);

  static Condition to(DeviceKey device) {
    return TENANT
        .eq(device.tenant().value())
        .and(TYPE.eq(device.type().value()))
        .and(DEVICE_ID.eq(device.id().value()));
  }

  /** All but the number, with the payload sealed. */
  Map<Field<?>, @Nullable Object> values(Command command) {
    Map<Field<?>, @Nullable Object> values = new LinkedHashMap<>();
    values.put(TENANT, command.device().tenant().value());
    values.put(ID, command.id());
    values.put(TENANT_NUMBER, (long) command.tenantNumber());
    values.put(DEVICE_NUMBER, command.deviceNumber());
    values.put(TYPE, command.device().type().value());
    values.put(DEVICE_ID, command.device().id().value());
    values.put(NAME, command.name());
    values.put(FORMAT, command.format());
    values.put(
        SEALED,
        payloads.seal(
            command.tenantNumber(), command.deviceNumber(), command.created(), command.payload()));
    values.put(QOS, (long) command.qos());
    values.put(STATUS, command.status().name());
    values.put(BY, command.by());
    values.put(CREATED, command.created());
    values.put(EXPIRES, command.expires());
    values.put(UPDATED, command.updated());
    values.put(REASON, command.reason().orElse(null));
    return values;
  }

  Command command(Record row) {
    int tenantNumber = Math.toIntExact(row.get(TENANT_NUMBER));
    long deviceNumber = row.get(DEVICE_NUMBER);
    Instant created = row.get(CREATED);
    return new Command(
        row.get(ID),
        row.get(NUMBER),
        DeviceKey.of(row.get(TENANT), row.get(TYPE), row.get(DEVICE_ID)),
        tenantNumber,
        deviceNumber,
        row.get(NAME),
        row.get(FORMAT),
        payloads.open(tenantNumber, deviceNumber, created, row.get(SEALED)),
        Math.toIntExact(row.get(QOS)),
        CommandStatus.valueOf(row.get(STATUS)),
        row.get(BY),
        created,
        row.get(EXPIRES),
        row.get(UPDATED),
        Optional.ofNullable(row.get(REASON)));
  }

  static Command numbered(Command command, long number) {
    return new Command(
        command.id(),
        number,
        command.device(),
        command.tenantNumber(),
        command.deviceNumber(),
        command.name(),
        command.format(),
        command.payload(),
        command.qos(),
        command.status(),
        command.by(),
        command.created(),
        command.expires(),
        command.updated(),
        command.reason());
  }
}
