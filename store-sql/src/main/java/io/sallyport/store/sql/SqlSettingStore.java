package io.sallyport.store.sql;

import io.sallyport.platform.tenant.SettingStore;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** The installation's settings in the registry. */
final class SqlSettingStore implements SettingStore {
  private static final Table<Record> SETTINGS = Columns.table("settings");
  private static final Field<String> SETTING = Columns.column(SETTINGS, "setting", Columns.TEXT);
  private static final Field<String> CONTENT = Columns.column(SETTINGS, "content", Columns.TEXT);

  private final Database database;

  SqlSettingStore(Database database) {
    this.database = database;
  }

  @Override
  public void put(String key, String value) {
    database.change(
        Change.of("setting " + key),
        sql ->
            sql.insertInto(SETTINGS)
                .set(SETTING, key)
                .set(CONTENT, value)
                .onConflict(SETTING)
                .doUpdate()
                .set(CONTENT, value)
                .execute());
  }

  @Override
  public Optional<String> find(String key) {
    return database.read(
        sql -> sql.select(CONTENT).from(SETTINGS).where(SETTING.eq(key)).fetchOptional(CONTENT));
  }
}
