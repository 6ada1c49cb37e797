package io.sallyport.store.sql;

import static io.sallyport.store.sql.Columns.TEXT;
import static io.sallyport.store.sql.Columns.TIME;
import static io.sallyport.store.sql.Columns.column;

import io.sallyport.platform.identity.KnownAddress;
import io.sallyport.platform.identity.KnownAddressStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Known addresses in the registry. */
final class SqlKnownAddressStore implements KnownAddressStore {
  private static final Table<Record> ADDRESSES = Columns.table("known_addresses");
  private static final Field<String> CREDENTIAL = column(ADDRESSES, "credential", TEXT);
  private static final Field<String> ADDRESS = column(ADDRESSES, "address", TEXT);
  private static final Field<Instant> SEEN = column(ADDRESSES, "seen", TIME);
  private static final Change CHANGE = Change.of("known addresses");

  private final Database database;

  SqlKnownAddressStore(Database database) {
    this.database = database;
  }

  @Override
  public Optional<Instant> find(String credential, String address) {
    return database.read(sql ->
        sql.select(SEEN)
            .from(ADDRESSES)
            .where(CREDENTIAL.eq(credential))
            .and(ADDRESS.eq(address))
            .fetchOptional(SEEN));
  }

  @Override
  public void put(List<KnownAddress> addresses, int perCredentialMax) {
    database.change(
        CHANGE,
        sql -> {
          for (KnownAddress row : addresses) {
            sql.insertInto(ADDRESSES)
                .set(CREDENTIAL, row.credential())
                .set(ADDRESS, row.address())
                .set(SEEN, row.seen())
                .onConflict(CREDENTIAL, ADDRESS)
                .doUpdate()
                .set(SEEN, row.seen())
                .execute();
          }
          addresses.stream()
              .map(KnownAddress::credential)
              .distinct()
              .forEach(credential ->
                  sql.deleteFrom(ADDRESSES)
                      .where(CREDENTIAL.eq(credential))
                      .and(
                          ADDRESS.notIn(
                              DSL.select(ADDRESS)
                                  .from(ADDRESSES)
                                  .where(CREDENTIAL.eq(credential))
                                  .orderBy(SEEN.desc())
                                  .limit(perCredentialMax)))
                      .execute());
          return addresses.size();
        });
  }

  @Override
  public int deleteBefore(Instant time) {
    return database.change(CHANGE, sql -> sql.deleteFrom(ADDRESSES).where(SEEN.lt(time)).execute());
  }
}
