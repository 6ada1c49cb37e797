package io.sallyport.store.sql;

import static io.sallyport.store.sql.CommandColumns.COMMANDS;
import static io.sallyport.store.sql.CommandColumns.DEVICE_NUMBER;
import static io.sallyport.store.sql.CommandColumns.EXPIRES;
import static io.sallyport.store.sql.CommandColumns.ID;
import static io.sallyport.store.sql.CommandColumns.NUMBER;
import static io.sallyport.store.sql.CommandColumns.REASON;
import static io.sallyport.store.sql.CommandColumns.STATUS;
import static io.sallyport.store.sql.CommandColumns.TENANT;
import static io.sallyport.store.sql.CommandColumns.UPDATED;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandStatus;
import io.sallyport.platform.command.CommandStore;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Commands in the registry; payloads sealed under the tenant's keys (THREATS T03). */
final class SqlCommandStore implements CommandStore {
  /**
   * What nothing more is expected of. DELIVERED is among them: most commands end there, and one
   * that was to be answered has had as long as the others.
   */
  private static final List<String> ENDED =
      Arrays.stream(CommandStatus.values())
          .filter(status -> status.isFinal() || status == CommandStatus.DELIVERED)
          .map(CommandStatus::name)
          .toList();

  // Written into the text, not bound, so that the partial indexes of waiting commands are used.
  private static final Condition WAITING =
      STATUS.eq(DSL.inline(CommandStatus.PENDING.name(), Columns.TEXT));

  private static final FixedQuery<Boolean> ANY_WAITING =
      new FixedQuery<>(
          "SELECT 1 FROM commands WHERE device_number = ? AND status = 'PENDING' LIMIT 1",
          row -> Boolean.TRUE);

  private final Database database;
  private final CommandColumns columns;

  SqlCommandStore(Database database, SealedPayloads payloads) {
    this.database = database;
    this.columns = new CommandColumns(payloads);
  }

  @Override
  public Command insert(Command command) {
    return database.change(
        Change.of("command " + command.id()),
        sql -> {
          if (database.mustLock()) {
            lockDevice(sql, command.deviceNumber());
          }
          long number =
              sql.insertInto(COMMANDS)
                  .set(columns.values(command))
                  .returningResult(NUMBER)
                  .fetchSingle()
                  .value1();
          return CommandColumns.numbered(command, number);
        });
  }

  @Override
  public Optional<Command> find(TenantId tenant, String id) {
    return database.read(sql ->
        sql.select(CommandColumns.ALL)
            .from(COMMANDS)
            .where(TENANT.eq(tenant.value()))
            .and(ID.eq(id))
            .fetchOptional(columns::command));
  }

  @Override
  public List<Command> pending(long deviceNumber, Instant now, int limit) {
    // Asked whenever a device connects, and then most often there is nothing.
    return database.read(sql ->
        ANY_WAITING.ask(sql, deviceNumber).isEmpty()
            ? List.of()
            : sql.select(CommandColumns.ALL)
                .from(COMMANDS)
                .where(DEVICE_NUMBER.eq(deviceNumber))
                .and(WAITING)
                .and(EXPIRES.gt(now))
                .orderBy(NUMBER)
                .limit(limit)
                .fetch(columns::command));
  }

  @Override
  public long countPending(long deviceNumber) {
    return database.read(
        sql -> (long) sql.fetchCount(COMMANDS, DEVICE_NUMBER.eq(deviceNumber).and(WAITING)));
  }

  @Override
  public Page<Command> list(DeviceKey device, PageRequest page) {
    return database.read(sql ->
        new Keyset("commands/" + device, List.of(NUMBER), true)
            .fetch(
                sql.select(CommandColumns.ALL).from(COMMANDS).where(CommandColumns.to(device)),
                page,
                columns::command));
  }

  @Override
  public boolean advance(
      TenantId tenant,
      String id,
      List<CommandStatus> from,
      CommandStatus to,
      Instant now,
      Optional<String> reason) {
    return database.change(
        Change.of("command " + id),
        sql ->
            sql.update(COMMANDS)
                    .set(STATUS, to.name())
                    .set(UPDATED, now)
                    .set(REASON, reason.orElse(null))
                    .where(TENANT.eq(tenant.value()))
                    .and(ID.eq(id))
                    .and(STATUS.in(from.stream().map(CommandStatus::name).toList()))
                    .execute()
                > 0);
  }

  @Override
  public int expire(Instant now, int limit) {
    return database.change(
        Change.of("waiting commands"),
        sql ->
            sql.update(COMMANDS)
                .set(STATUS, CommandStatus.EXPIRED.name())
                .set(UPDATED, now)
                .set(REASON, "nobody took it in time")
                .where(
                    NUMBER.in(
                        DSL.select(NUMBER)
                            .from(COMMANDS)
                            .where(WAITING)
                            .and(EXPIRES.le(now))
                            .orderBy(EXPIRES)
                            .limit(limit)))
                .and(WAITING)
                .execute());
  }

  @Override
  public int deleteFinalBefore(Instant before, int limit) {
    return database.change(
        Change.deleting("ended commands"),
        sql ->
            sql.deleteFrom(COMMANDS)
                .where(
                    NUMBER.in(
                        DSL.select(NUMBER)
                            .from(COMMANDS)
                            .where(STATUS.in(ENDED))
                            .and(UPDATED.lt(before))
                            .limit(limit)))
                .execute());
  }

  @Override
  public int withdrawPending(long deviceNumber, Instant now, String reason) {
    return database.change(
        Change.of("waiting commands"),
        sql ->
            sql.update(COMMANDS)
                .set(STATUS, CommandStatus.UNDELIVERABLE.name())
                .set(UPDATED, now)
                .set(REASON, reason)
                .where(DEVICE_NUMBER.eq(deviceNumber))
                .and(WAITING)
                .execute());
  }

  @Override
  public int deleteOf(long deviceNumber) {
    return database.change(
        Change.deleting("commands of a device"),
        sql -> sql.deleteFrom(COMMANDS).where(DEVICE_NUMBER.eq(deviceNumber)).execute());
  }

  /** Commands of one device commit in the order of their numbers: that is the order of delivery. */
  private static void lockDevice(DSLContext sql, long deviceNumber) {
    sql.select(DeviceColumns.NUMBER)
        .from(DeviceColumns.DEVICES)
        .where(DeviceColumns.NUMBER.eq(deviceNumber))
        .forNoKeyUpdate()
        .fetch();
  }
}
