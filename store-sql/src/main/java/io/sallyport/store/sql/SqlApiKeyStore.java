package io.sallyport.store.sql;

import static io.sallyport.store.sql.Columns.FLAG;
import static io.sallyport.store.sql.Columns.INT;
import static io.sallyport.store.sql.Columns.TEXT;
import static io.sallyport.store.sql.Columns.TIME;
import static io.sallyport.store.sql.Columns.column;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.ApiKeyStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.Table;

/** API keys in the registry. */
final class SqlApiKeyStore implements ApiKeyStore {
  private static final Table<Record> KEYS = Columns.table("api_keys");
  private static final Field<String> KEY = column(KEYS, "api_key", TEXT);
  private static final Field<String> TENANT = column(KEYS, "tenant_id", TEXT);
  private static final HashColumns TOKEN = HashColumns.of(KEYS);
  private static final Field<String> ROLES = column(KEYS, "roles", TEXT);
  private static final Field<String> REMARK = column(KEYS, "remark", TEXT);
  private static final Field<Boolean> ENABLED = column(KEYS, "enabled", FLAG);
  private static final Field<Instant> CREATED = column(KEYS, "created", TIME);
  private static final Field<Long> VERSION = column(KEYS, "version", INT);
  private static final List<Field<?>> ALL =
      List.of(
          KEY,
          TENANT,
          TOKEN.scheme(),
          TOKEN.key(),
          TOKEN.hash(),
          ROLES,
          REMARK,
          ENABLED,
          CREATED,
          VERSION);

  private final Database database;
  private final RecentRows<String, ApiKey> recent;

  SqlApiKeyStore(Database database, RecentRows<String, ApiKey> recent) {
    this.database = database;
    this.recent = recent;
  }

  @Override
  public void insert(ApiKey key) {
    database.change(
        Change.of("API key " + key.key()),
        sql ->
            sql.insertInto(KEYS)
                .set(KEY, key.key())
                .set(TENANT, key.tenant().value())
                .set(TOKEN.values(key.token()))
                .set(ROLES, JsonTexts.of(key.roles()))
                .set(REMARK, key.comment())
                .set(ENABLED, key.enabled())
                .set(CREATED, key.created())
                .set(VERSION, key.version())
                .execute());
  }

  @Override
  public Optional<ApiKey> find(String key) {
    return database.read(recent, key, sql -> one(sql, key));
  }

  @Override
  public Page<ApiKey> list(TenantId tenant, PageRequest page) {
    return database.read(sql ->
        new Keyset("api-keys/" + tenant, List.of(KEY), false)
            .fetch(
                sql.select(ALL).from(KEYS).where(TENANT.eq(tenant.value())),
                page,
                SqlApiKeyStore::apiKey));
  }

  @Override
  public ApiKey update(ApiKey key) {
    return database.change(
        Change.of("API key " + key.key()),
        sql -> {
          database.secretErased();
          database.changing(() -> recent.forget(key.key()));
          sql.update(KEYS)
              .set(TOKEN.values(key.token()))
              .set(ROLES, JsonTexts.of(key.roles()))
              .set(REMARK, key.comment())
              .set(ENABLED, key.enabled())
              .set(VERSION, VERSION.plus(1L))
              .where(KEY.eq(key.key()))
              .and(TENANT.eq(key.tenant().value()))
              .execute();
          return one(sql, key.key())
              .filter(found -> found.tenant().equals(key.tenant()))
              .orElseThrow(() -> Problem.notFound("API key " + key.key()));
        });
  }

  @Override
  public boolean delete(TenantId tenant, String key) {
    return database.change(
        Change.deleting("API key " + key),
        sql -> {
          database.secretErased();
          database.changing(() -> recent.forget(key));
          return sql.deleteFrom(KEYS).where(KEY.eq(key)).and(TENANT.eq(tenant.value())).execute()
              > 0;
        });
  }

  @Override
  public long count(TenantId tenant) {
    return database.read(sql -> (long) sql.fetchCount(KEYS, TENANT.eq(tenant.value())));
  }

  private Optional<ApiKey> one(DSLContext sql, String key) {
    SelectConditionStep<Record> select = sql.select(ALL).from(KEYS).where(KEY.eq(key));
    return database.mustLock()
        ? select.forNoKeyUpdate().fetchOptional(SqlApiKeyStore::apiKey)
        : select.fetchOptional(SqlApiKeyStore::apiKey);
  }

  private static ApiKey apiKey(Record row) {
    return new ApiKey(
        new TenantId(row.get(TENANT)),
        row.get(KEY),
        TOKEN.read(row),
        Set.copyOf(JsonTexts.list(row.get(ROLES))),
        row.get(REMARK),
        row.get(ENABLED),
        row.get(CREATED),
        row.get(VERSION));
  }
}
