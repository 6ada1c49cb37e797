package io.sallyport.store.sql;

import static io.sallyport.store.sql.Columns.INT;
import static io.sallyport.store.sql.Columns.TEXT;
import static io.sallyport.store.sql.Columns.TIME;
import static io.sallyport.store.sql.Columns.column;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.space.Bridge;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.Table;

/** Bridges in the registry. */
final class PlainBridgeRows {
  static final Table<Record> BRIDGES = Columns.table("plain_bridges");
  static final Field<String> TENANT = column(BRIDGES, "tenant_id", TEXT);
  private static final Field<Long> NUMBER = column(BRIDGES, "number", INT);
  private static final Field<String> SPACE = column(BRIDGES, "space", TEXT);
  private static final Field<Long> SPACE_NUMBER = column(BRIDGES, "space_number", INT);
  private static final Field<String> NAME = column(BRIDGES, "name", TEXT);
  private static final Field<String> DIRECTION = column(BRIDGES, "direction", TEXT);
  private static final Field<String> TOPIC = column(BRIDGES, "topic", TEXT);
  private static final Field<String> TYPE = column(BRIDGES, "type_id", TEXT);
  private static final Field<String> DEVICE = column(BRIDGES, "device_id", TEXT);
  private static final Field<String> EVENT = column(BRIDGES, "event", TEXT);
  private static final Field<String> FORMAT = column(BRIDGES, "format", TEXT);
  private static final Field<String> AUTHOR = column(BRIDGES, "author", TEXT);
  private static final Field<String> STOPPED = column(BRIDGES, "stopped", TEXT);
  private static final Field<Instant> CREATED = column(BRIDGES, "created", TIME);
  private static final Field<Long> VERSION = column(BRIDGES, "version", INT);
  private static final List<Field<?>> ALL =
      List.of(
          NUMBER,
          TENANT,
          SPACE,
          SPACE_NUMBER,
          NAME,
          DIRECTION,
          TOPIC,
          TYPE,
          DEVICE,
          EVENT,
          FORMAT,
          AUTHOR,
          STOPPED,
          CREATED,
          VERSION);

  private final Database database;
  private final SqlNumbers numbers;

  PlainBridgeRows(Database database, SqlNumbers numbers) {
    this.database = database;
    this.numbers = numbers;
  }

  Bridge insert(Bridge bridge) {
    return database.change(
        Change.of("bridge " + bridge.plan().name()),
        sql -> {
          long space = SqlPlainSpaceStore.spaceNumber(sql, bridge.tenant(), bridge.space());
          long number = SqlPlainSpaceStore.newNumber(sql, numbers, bridge.tenant(), "plain-bridge");
          Bridge.Plan plan = bridge.plan();
          sql.insertInto(BRIDGES)
              .set(NUMBER, number)
              .set(TENANT, bridge.tenant().value())
              .set(SPACE, bridge.space())
              .set(SPACE_NUMBER, space)
              .set(NAME, plan.name())
              .set(DIRECTION, plan.direction().name())
              .set(TOPIC, plan.topic())
              .set(TYPE, plan.device().type().value())
              .set(DEVICE, plan.device().id().value())
              .set(EVENT, plan.event())
              .set(FORMAT, plan.format())
              .set(AUTHOR, bridge.author())
              .set(STOPPED, bridge.stopped().orElse(null))
              .set(CREATED, bridge.created())
              .set(VERSION, bridge.version())
              .execute();
          return one(sql, NUMBER.eq(number)).orElseThrow();
        });
  }

  Optional<Bridge> find(TenantId tenant, String space, String name) {
    return database.read(sql -> one(sql, is(tenant, space, name)));
  }

  private static Condition is(TenantId tenant, String space, String name) {
    return TENANT.eq(tenant.value()).and(SPACE.eq(space)).and(NAME.eq(name));
  }

  Page<Bridge> list(TenantId tenant, String space, PageRequest page) {
    return database.read(sql ->
        new Keyset("plain-bridges/" + tenant + "/" + space, List.of(NAME), false)
            .fetch(
                sql.select(ALL).from(BRIDGES).where(TENANT.eq(tenant.value())).and(SPACE.eq(space)),
                page,
                PlainBridgeRows::bridge));
  }

  List<Bridge> running() {
    return database.read(sql ->
        sql.select(ALL)
            .from(BRIDGES)
            .where(STOPPED.isNull())
            .orderBy(NUMBER)
            .fetch(PlainBridgeRows::bridge));
  }

  Bridge update(Bridge bridge) {
    return database.change(
        Change.of("bridge " + bridge.plan().name()),
        sql -> {
          Condition same = NUMBER.eq(bridge.number()).and(TENANT.eq(bridge.tenant().value()));
          sql.update(BRIDGES)
              .set(AUTHOR, bridge.author())
              .set(STOPPED, bridge.stopped().orElse(null))
              .set(VERSION, VERSION.plus(1L))
              .where(same)
              .execute();
          return one(sql, same).orElseThrow(() -> Problem.notFound("the bridge"));
        });
  }

  boolean delete(TenantId tenant, String space, String name) {
    return database.change(
        Change.deleting("bridge " + name),
        sql ->
            sql.select(NUMBER)
                .from(BRIDGES)
                .where(is(tenant, space, name))
                .fetchOptional(NUMBER)
                .map(number -> SqlPlainSpaceStore.deleteNumber(sql, number))
                .orElse(false));
  }

  private Optional<Bridge> one(DSLContext sql, Condition which) {
    SelectConditionStep<Record> select = sql.select(ALL).from(BRIDGES).where(which);
    return database.mustLock()
        ? select.forNoKeyUpdate().fetchOptional(PlainBridgeRows::bridge)
        : select.fetchOptional(PlainBridgeRows::bridge);
  }

  private static Bridge bridge(Record row) {
    return new Bridge(
        new TenantId(row.get(TENANT)),
        row.get(NUMBER),
        row.get(SPACE),
        row.get(SPACE_NUMBER),
        new Bridge.Plan(
            row.get(NAME),
            Bridge.Direction.valueOf(row.get(DIRECTION)),
            row.get(TOPIC),
            DeviceKey.of(row.get(TENANT), row.get(TYPE), row.get(DEVICE)),
            row.get(EVENT),
            row.get(FORMAT)),
        row.get(AUTHOR),
        Optional.ofNullable(row.get(STOPPED)),
        row.get(CREATED),
        row.get(VERSION));
  }
}
