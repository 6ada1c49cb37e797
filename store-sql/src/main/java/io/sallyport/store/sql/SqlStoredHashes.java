package io.sallyport.store.sql;

import io.sallyport.platform.identity.HashCount;
import io.sallyport.platform.identity.StoredHashes;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Counts the verifiers in the registry's tables. */
final class SqlStoredHashes implements StoredHashes {
  private final Database database;

  SqlStoredHashes(Database database) {
    this.database = database;
  }

  @Override
  public List<HashCount> count() {
    return Stream.of(
            count("devices", "device_credentials"),
            count("api-keys", "api_keys"),
            count("operator-keys", "operator_keys"))
        .flatMap(List::stream)
        .toList();
  }

  private List<HashCount> count(String holder, String tableName) {
    Table<Record> table = Columns.table(tableName);
    HashColumns token = HashColumns.of(table);
    return database.read(sql ->
        sql.select(token.scheme(), token.key(), DSL.count())
            .from(table)
            .groupBy(token.scheme(), token.key())
            .orderBy(token.key(), token.scheme())
            .fetch(row ->
                new HashCount(holder, row.value1(), Math.toIntExact(row.value2()), row.value3())));
  }
}
