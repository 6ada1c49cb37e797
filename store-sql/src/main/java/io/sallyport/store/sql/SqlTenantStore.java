package io.sallyport.store.sql;

import static io.sallyport.store.sql.Columns.FLAG;
import static io.sallyport.store.sql.Columns.INT;
import static io.sallyport.store.sql.Columns.TEXT;
import static io.sallyport.store.sql.Columns.TIME;
import static io.sallyport.store.sql.Columns.column;

import io.sallyport.platform.base.NumberMarks;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Tenants in the registry. */
final class SqlTenantStore implements TenantStore {
  private static final Table<Record> IDS = Columns.table("tenant_ids");
  private static final Field<Long> IDS_NUMBER = column(IDS, "number", INT);
  private static final Field<String> IDS_ID = column(IDS, "id", TEXT);
  private static final Field<Instant> IDS_DELETED = column(IDS, "deleted", TIME);

  private static final Table<Record> TENANTS = Columns.table("tenants");
  private static final Field<String> ID = column(TENANTS, "id", TEXT);
  private static final Field<Long> NUMBER = column(TENANTS, "number", INT);
  private static final Field<String> NAME = column(TENANTS, "name", TEXT);
  private static final Field<String> STATUS = column(TENANTS, "status", TEXT);
  private static final Field<Long> RETENTION_AGE_MILLIS =
      column(TENANTS, "retention_age_millis", INT);
  private static final Field<Long> RETENTION_BYTES_MAX =
      column(TENANTS, "retention_bytes_max", INT);
  private static final Field<Boolean> LAST_EVENT_CACHE = column(TENANTS, "last_event_cache", FLAG);
  private static final Field<Long> LAST_EVENT_CACHE_DAYS =
      column(TENANTS, "last_event_cache_days", INT);
  private static final Field<Boolean> PLAIN_TRANSPORT_ALLOWED =
      column(TENANTS, "plain_transport_allowed", FLAG);
  private static final Field<Instant> CREATED = column(TENANTS, "created", TIME);
  private static final Field<Instant> UPDATED = column(TENANTS, "updated", TIME);
  private static final Field<Long> VERSION = column(TENANTS, "version", INT);
  private static final List<Field<?>> ALL =
      List.of(
          ID,
          NUMBER,
          NAME,
          STATUS,
          RETENTION_AGE_MILLIS,
          RETENTION_BYTES_MAX,
          LAST_EVENT_CACHE,
          LAST_EVENT_CACHE_DAYS,
          PLAIN_TRANSPORT_ALLOWED,
          CREATED,
          UPDATED,
          VERSION);

  /** What else belongs to a tenant, in the order of deletion; credentials go with their devices. */
  private static final List<String> BELONGINGS =
      List.of("commands", "api_keys", "objects", "device_types");

  private final Database database;
  private final SealedPayloads payloads;
  private final LoginRows recent;
  private final SqlNumbers numbers;

  SqlTenantStore(Database database, SealedPayloads payloads, LoginRows recent, SqlNumbers numbers) {
    this.database = database;
    this.payloads = payloads;
    this.recent = recent;
    this.numbers = numbers;
  }

  @Override
  public Tenant create(TenantId id, String name, TenantSettings settings, Instant now) {
    return database.change(
        Change.of("tenant " + id),
        sql -> {
          // The id is unique over all tenants that ever were (THREATS T15).
          long number =
              numbers.given(
                  NumberMarks.Sequence.TENANTS,
                  sql.insertInto(IDS)
                      .set(IDS_ID, id.value())
                      .returningResult(IDS_NUMBER)
                      .fetchSingle()
                      .value1());
          sql.insertInto(TENANTS)
              .set(ID, id.value())
              .set(NUMBER, number)
              .set(NAME, name)
              .set(STATUS, TenantStatus.ACTIVE.name())
              .set(values(settings))
              .set(CREATED, now)
              .set(UPDATED, now)
              .set(VERSION, 1L)
              .execute();
          return one(sql, ID.eq(id.value())).orElseThrow();
        });
  }

  @Override
  public Optional<Tenant> find(TenantId id) {
    return database.read(recent.tenants(), id, sql -> one(sql, ID.eq(id.value())));
  }

  @Override
  public Optional<Tenant> findByNumber(int number) {
    return database.read(sql -> one(sql, NUMBER.eq((long) number)));
  }

  @Override
  public Page<Tenant> list(PageRequest page) {
    return database.read(sql ->
        new Keyset("tenants", List.of(ID), false)
            .fetch(
                sql.select(ALL).from(TENANTS).where(DSL.noCondition()),
                page,
                SqlTenantStore::tenant));
  }

  @Override
  public Tenant update(
      TenantId id, String name, TenantStatus status, TenantSettings settings, Instant now) {
    return database.change(
        Change.of("tenant " + id),
        sql -> {
          database.changing(() -> recent.tenants().forget(id));
          sql.update(TENANTS)
              .set(NAME, name)
              .set(STATUS, status.name())
              .set(values(settings))
              .set(UPDATED, now)
              .set(VERSION, VERSION.plus(1L))
              .where(ID.eq(id.value()))
              .execute();
          return one(sql, ID.eq(id.value())).orElseThrow(() -> Problem.notFound("tenant " + id));
        });
  }

  @Override
  public void delete(TenantId id, Instant now) {
    database.change(
        Change.deleting("tenant " + id),
        sql -> {
          Optional<Tenant> tenant = one(sql, ID.eq(id.value()));
          tenant.ifPresent(existing -> delete(sql, existing, now));
          return tenant.isPresent();
        });
  }

  @Override
  public boolean retire(TenantId id, Instant now) {
    return database.change(
        Change.of("tenant " + id),
        sql -> {
          if (sql.fetchExists(IDS, IDS_ID.eq(id.value()))) {
            return false;
          }
          numbers.given(
              NumberMarks.Sequence.TENANTS,
              sql.insertInto(IDS)
                  .set(IDS_ID, id.value())
                  .set(IDS_DELETED, now)
                  .returningResult(IDS_NUMBER)
                  .fetchSingle()
                  .value1());
          return true;
        });
  }

  private void delete(DSLContext sql, Tenant tenant, Instant now) {
    String id = tenant.id().value();
    database.secretErased();
    database.changing(() -> recent.forgetTenant(tenant.id()));
    for (String name : BELONGINGS) {
      Table<Record> table = Columns.table(name);
      sql.deleteFrom(table).where(column(table, "tenant_id", TEXT).eq(id)).execute();
    }
    sql.deleteFrom(TENANTS).where(ID.eq(id)).execute();
    sql.update(IDS).set(IDS_DELETED, now).where(IDS_ID.eq(id)).execute();
    payloads.forget(tenant.number());
  }

  private Optional<Tenant> one(DSLContext sql, Condition which) {
    SelectConditionStep<Record> select = sql.select(ALL).from(TENANTS).where(which);
    return database.mustLock()
        ? select.forNoKeyUpdate().fetchOptional(SqlTenantStore::tenant)
        : select.fetchOptional(SqlTenantStore::tenant);
  }

  private static Map<Field<?>, Object> values(TenantSettings settings) {
    return Map.of(
        RETENTION_AGE_MILLIS, settings.retentionAge().toMillis(),
        RETENTION_BYTES_MAX, settings.retentionBytesMax(),
        LAST_EVENT_CACHE, settings.lastEventCache(),
        LAST_EVENT_CACHE_DAYS, (long) settings.lastEventCacheDays(),
        PLAIN_TRANSPORT_ALLOWED, settings.plainTransportAllowed());
  }

  private static Tenant tenant(Record row) {
    return new Tenant(
        new TenantId(row.get(ID)),
        Math.toIntExact(row.get(NUMBER)),
        row.get(NAME),
        TenantStatus.valueOf(row.get(STATUS)),
        new TenantSettings(
            Duration.ofMillis(row.get(RETENTION_AGE_MILLIS)),
            row.get(RETENTION_BYTES_MAX),
            row.get(LAST_EVENT_CACHE),
            Math.toIntExact(row.get(LAST_EVENT_CACHE_DAYS)),
            row.get(PLAIN_TRANSPORT_ALLOWED)),
        row.get(CREATED),
        row.get(UPDATED),
        row.get(VERSION));
  }
}
