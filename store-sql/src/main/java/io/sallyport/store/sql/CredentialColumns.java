package io.sallyport.store.sql;

import io.sallyport.platform.device.DeviceCredential;
import java.time.Instant;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** The table of devices' credentials. */
final class CredentialColumns {
  static final Table<Record> CREDENTIALS = Columns.table("device_credentials");
  static final Field<Long> DEVICE = Columns.column(CREDENTIALS, "device_number", Columns.INT);
  static final HashColumns TOKEN = HashColumns.of(CREDENTIALS);
  static final Field<Instant> CREATED = Columns.column(CREDENTIALS, "created", Columns.TIME);
  static final Field<Long> VERSION = Columns.column(CREDENTIALS, "version", Columns.INT);

  private CredentialColumns() {}

  static Optional<DeviceCredential> find(DSLContext sql, long deviceNumber) {
    return sql.select(DEVICE, TOKEN.scheme(), TOKEN.key(), TOKEN.hash(), CREATED, VERSION)
        .from(CREDENTIALS)
        .where(DEVICE.eq(deviceNumber))
        .fetchOptional(row ->
            new DeviceCredential(
                row.get(DEVICE), TOKEN.read(row), row.get(CREATED), row.get(VERSION)));
  }
}
