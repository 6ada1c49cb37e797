package io.sallyport.store.sql;

import static io.sallyport.store.sql.PlainColumns.CREDENTIALS;
import static io.sallyport.store.sql.PlainColumns.C_NAME;
import static io.sallyport.store.sql.PlainColumns.C_NUMBER;
import static io.sallyport.store.sql.PlainColumns.C_REVISION;
import static io.sallyport.store.sql.PlainColumns.C_SPACE;
import static io.sallyport.store.sql.PlainColumns.C_SPACE_NUMBER;
import static io.sallyport.store.sql.PlainColumns.C_TENANT;
import static io.sallyport.store.sql.PlainColumns.C_VERSION;
import static io.sallyport.store.sql.PlainColumns.LOGIN_KIND;
import static io.sallyport.store.sql.PlainColumns.LOGIN_NAME;
import static io.sallyport.store.sql.PlainColumns.LOGIN_NAMES;
import static io.sallyport.store.sql.PlainColumns.LOGIN_TENANT;
import static io.sallyport.store.sql.PlainColumns.SPACES;
import static io.sallyport.store.sql.PlainColumns.S_ACKNOWLEDGE;
import static io.sallyport.store.sql.PlainColumns.S_CREATED;
import static io.sallyport.store.sql.PlainColumns.S_DENIED;
import static io.sallyport.store.sql.PlainColumns.S_NAME;
import static io.sallyport.store.sql.PlainColumns.S_NUMBER;
import static io.sallyport.store.sql.PlainColumns.S_TENANT;
import static io.sallyport.store.sql.PlainColumns.S_VERSION;

import io.sallyport.platform.base.NumberMarks;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.space.Bridge;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainSpace;
import io.sallyport.platform.space.PlainSpaceStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.Table;

/** Plain spaces, their credentials and bridges in the registry. */
final class SqlPlainSpaceStore implements PlainSpaceStore {
  private static final String CREDENTIAL = "plain-credential";

  private final Database database;
  private final SqlNumbers numbers;
  private final PlainBridgeRows bridges;

  SqlPlainSpaceStore(Database database, SqlNumbers numbers) {
    this.database = database;
    this.numbers = numbers;
    this.bridges = new PlainBridgeRows(database, numbers);
  }

  @Override
  public PlainSpace insertSpace(PlainSpace space) {
    return database.change(
        Change.of("space " + space.name()),
        sql -> {
          long number = newNumber(sql, numbers, space.tenant(), "plain-space");
          sql.insertInto(SPACES)
              .set(S_NUMBER, number)
              .set(S_TENANT, space.tenant().value())
              .set(S_NAME, space.name())
              .set(S_ACKNOWLEDGE, space.acknowledge().name())
              .set(S_DENIED, space.deniedPublish().name())
              .set(S_CREATED, space.created())
              .set(S_VERSION, space.version())
              .execute();
          return oneSpace(sql, S_NUMBER.eq(number)).orElseThrow();
        });
  }

  /** From the one sequence of managed objects, which never goes back. */
  static long newNumber(DSLContext sql, SqlNumbers numbers, TenantId tenant, String kind) {
    return numbers.given(
        NumberMarks.Sequence.OBJECTS,
        sql.insertInto(DeviceColumns.OBJECTS)
            .set(DeviceColumns.OBJECT_TENANT, tenant.value())
            .set(DeviceColumns.OBJECT_KIND, kind)
            .returningResult(DeviceColumns.OBJECT_NUMBER)
            .fetchSingle()
            .value1());
  }

  /** Takes the object away, and with it the row that is its kind. */
  static boolean deleteNumber(DSLContext sql, long number) {
    return sql.deleteFrom(DeviceColumns.OBJECTS)
            .where(DeviceColumns.OBJECT_NUMBER.eq(number))
            .execute()
        > 0;
  }

  private static Condition isSpace(TenantId tenant, String name) {
    return S_TENANT.eq(tenant.value()).and(S_NAME.eq(name));
  }

  static long spaceNumber(DSLContext sql, TenantId tenant, String name) {
    return sql.select(S_NUMBER)
        .from(SPACES)
        .where(isSpace(tenant, name))
        .fetchOptional(S_NUMBER)
        .orElseThrow(() -> Problem.notFound("the space"));
  }

  private Optional<PlainSpace> oneSpace(DSLContext sql, Condition which) {
    return locked(sql.select(PlainColumns.SPACE).from(SPACES).where(which), PlainColumns::space);
  }

  private <T> Optional<T> locked(SelectConditionStep<Record> select, Function<Record, T> mapping) {
    return database.mustLock()
        ? select.forNoKeyUpdate().fetchOptional(mapping::apply)
        : select.fetchOptional(mapping::apply);
  }

  @Override
  public Optional<PlainSpace> findSpace(TenantId tenant, String name) {
    return database.read(sql -> oneSpace(sql, isSpace(tenant, name)));
  }

  @Override
  public Optional<PlainSpace> findSpace(long number) {
    return database.read(sql -> oneSpace(sql, S_NUMBER.eq(number)));
  }

  @Override
  public Page<PlainSpace> listSpaces(TenantId tenant, PageRequest page) {
    return database.read(sql ->
        new Keyset("plain-spaces/" + tenant, List.of(S_NAME), false)
            .fetch(
                sql.select(PlainColumns.SPACE).from(SPACES).where(S_TENANT.eq(tenant.value())),
                page,
                PlainColumns::space));
  }

  @Override
  public long countSpaces(TenantId tenant) {
    return count(SPACES, S_TENANT, tenant);
  }

  private long count(Table<Record> table, Field<String> owner, TenantId tenant) {
    return database.read(sql -> (long) sql.fetchCount(table, owner.eq(tenant.value())));
  }

  @Override
  public PlainSpace updateSpace(PlainSpace space) {
    return database.change(
        Change.of("space " + space.name()),
        sql -> {
          Condition same = isSpace(space.tenant(), space.name()).and(S_NUMBER.eq(space.number()));
          sql.update(SPACES)
              .set(S_ACKNOWLEDGE, space.acknowledge().name())
              .set(S_DENIED, space.deniedPublish().name())
              .set(S_VERSION, S_VERSION.plus(1L))
              .where(same)
              .execute();
          return oneSpace(sql, same).orElseThrow(() -> Problem.notFound("the space"));
        });
  }

  @Override
  public boolean deleteSpace(TenantId tenant, String name) {
    return database.change(
        Change.deleting("space " + name),
        sql ->
            sql.select(S_NUMBER)
                .from(SPACES)
                .where(isSpace(tenant, name))
                .fetchOptional(S_NUMBER)
                .map(number -> deleteNumber(sql, number))
                .orElse(false));
  }

  @Override
  public PlainCredential insertCredential(PlainCredential credential) {
    return database.change(
        Change.of("the login name " + credential.name()),
        sql -> {
          long space = spaceNumber(sql, credential.tenant(), credential.space());
          sql.insertInto(LOGIN_NAMES)
              .set(LOGIN_TENANT, credential.tenant().value())
              .set(LOGIN_NAME, credential.name())
              .set(LOGIN_KIND, CREDENTIAL)
              .execute();
          long number = newNumber(sql, numbers, credential.tenant(), CREDENTIAL);
          sql.insertInto(CREDENTIALS)
              .set(C_NUMBER, number)
              .set(C_TENANT, credential.tenant().value())
              .set(C_NAME, credential.name())
              .set(C_SPACE, credential.space())
              .set(C_SPACE_NUMBER, space)
              .set(PlainColumns.changeable(credential))
              .set(PlainColumns.C_CREATED, credential.created())
              .set(C_VERSION, credential.version())
              .set(C_REVISION, 1L)
              .execute();
          return oneCredential(sql, C_NUMBER.eq(number)).orElseThrow();
        });
  }

  private static Condition isCredential(TenantId tenant, String name) {
    return C_TENANT.eq(tenant.value()).and(C_NAME.eq(name));
  }

  private Optional<PlainCredential> oneCredential(DSLContext sql, Condition which) {
    return locked(
        sql.select(PlainColumns.CREDENTIAL).from(CREDENTIALS).where(which),
        PlainColumns::credential);
  }

  @Override
  public Optional<PlainCredential> findCredential(TenantId tenant, String name) {
    return database.read(sql -> oneCredential(sql, isCredential(tenant, name)));
  }

  @Override
  public Optional<PlainCredential> findCredential(long number) {
    return database.read(sql -> oneCredential(sql, C_NUMBER.eq(number)));
  }

  @Override
  public Page<PlainCredential> listCredentials(TenantId tenant, String space, PageRequest page) {
    return database.read(sql ->
        new Keyset("plain-credentials/" + tenant + "/" + space, List.of(C_NAME), false)
            .fetch(
                sql.select(PlainColumns.CREDENTIAL)
                    .from(CREDENTIALS)
                    .where(C_TENANT.eq(tenant.value()))
                    .and(C_SPACE.eq(space)),
                page,
                PlainColumns::credential));
  }

  @Override
  public long countCredentials(TenantId tenant) {
    return count(CREDENTIALS, C_TENANT, tenant);
  }

  @Override
  public PlainCredential updateCredential(PlainCredential credential, boolean endsConnections) {
    return database.change(
        Change.of("credential " + credential.name()),
        sql -> {
          database.secretErased();
          // Number and name: what was read of one that is gone must not change its successor.
          Condition same =
              isCredential(credential.tenant(), credential.name())
                  .and(C_NUMBER.eq(credential.number()));
          sql.update(CREDENTIALS)
              .set(PlainColumns.changeable(credential))
              .set(C_VERSION, C_VERSION.plus(endsConnections ? 1L : 0L))
              .set(C_REVISION, C_REVISION.plus(1L))
              .where(same)
              .execute();
          return oneCredential(sql, same).orElseThrow(() -> Problem.notFound("the credential"));
        });
  }

  @Override
  public boolean deleteCredential(TenantId tenant, String name) {
    return database.change(
        Change.deleting("credential " + name),
        sql -> {
          database.secretErased();
          Optional<Long> number =
              sql.select(C_NUMBER)
                  .from(CREDENTIALS)
                  .where(isCredential(tenant, name))
                  .fetchOptional(C_NUMBER);
          if (number.isEmpty()) {
            return false;
          }
          deleteNumber(sql, number.get());
          sql.deleteFrom(LOGIN_NAMES)
              .where(LOGIN_TENANT.eq(tenant.value()))
              .and(LOGIN_NAME.eq(name))
              .execute();
          return true;
        });
  }

  @Override
  public Bridge insertBridge(Bridge bridge) {
    return bridges.insert(bridge);
  }

  @Override
  public Optional<Bridge> findBridge(TenantId tenant, String space, String name) {
    return bridges.find(tenant, space, name);
  }

  @Override
  public Page<Bridge> listBridges(TenantId tenant, String space, PageRequest page) {
    return bridges.list(tenant, space, page);
  }

  @Override
  public long countBridges(TenantId tenant) {
    return count(PlainBridgeRows.BRIDGES, PlainBridgeRows.TENANT, tenant);
  }

  @Override
  public List<Bridge> runningBridges() {
    return bridges.running();
  }

  @Override
  public Bridge updateBridge(Bridge bridge) {
    return bridges.update(bridge);
  }

  @Override
  public boolean deleteBridge(TenantId tenant, String space, String name) {
    return bridges.delete(tenant, space, name);
  }
}
