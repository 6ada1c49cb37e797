package io.sallyport.store.sql;

import static io.sallyport.store.sql.Columns.TEXT;
import static io.sallyport.store.sql.Columns.TIME;
import static io.sallyport.store.sql.Columns.column;

import io.sallyport.platform.identity.OperatorKey;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.identity.SecretHash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** Operator keys in the registry. */
final class SqlOperatorKeyStore implements OperatorKeyStore {
  private static final Table<Record> KEYS = Columns.table("operator_keys");
  private static final Field<String> KEY = column(KEYS, "operator_key", TEXT);
  private static final HashColumns TOKEN = HashColumns.of(KEYS);
  private static final Field<Instant> CREATED = column(KEYS, "created", TIME);
  private static final List<Field<?>> ALL =
      List.of(KEY, TOKEN.scheme(), TOKEN.key(), TOKEN.hash(), CREATED);

  private final Database database;

  SqlOperatorKeyStore(Database database) {
    this.database = database;
  }

  @Override
  public void insert(OperatorKey key) {
    database.change(
        Change.of("operator key " + key.key()),
        sql ->
            sql.insertInto(KEYS)
                .set(KEY, key.key())
                .set(TOKEN.values(key.token()))
                .set(CREATED, key.created())
                .execute());
  }

  @Override
  public Optional<OperatorKey> find(String key) {
    return database.read(sql ->
        sql.select(ALL)
            .from(KEYS)
            .where(KEY.eq(key))
            .fetchOptional(SqlOperatorKeyStore::operatorKey));
  }

  @Override
  public List<OperatorKey> list() {
    return database.read(
        sql -> sql.select(ALL).from(KEYS).orderBy(KEY).fetch(SqlOperatorKeyStore::operatorKey));
  }

  @Override
  public boolean rehash(String key, SecretHash known, SecretHash fresh) {
    return database.change(
        Change.of("operator key " + key),
        sql ->
            sql.update(KEYS)
                    .set(TOKEN.values(fresh))
                    .where(KEY.eq(key))
                    .and(TOKEN.scheme().eq(known.scheme()))
                    .and(TOKEN.key().eq((long) known.keyId()))
                    .and(TOKEN.hash().eq(known.text()))
                    .execute()
                > 0);
  }

  @Override
  public boolean delete(String key) {
    return database.change(
        Change.deleting("operator key " + key),
        sql -> {
          database.secretErased();
          return sql.deleteFrom(KEYS).where(KEY.eq(key)).execute() > 0;
        });
  }

  private static OperatorKey operatorKey(Record row) {
    return new OperatorKey(row.get(KEY), TOKEN.read(row), row.get(CREATED));
  }
}
