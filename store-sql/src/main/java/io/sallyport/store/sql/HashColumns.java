package io.sallyport.store.sql;

import io.sallyport.platform.identity.SecretHash;
import java.util.Map;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** The three columns that hold a secret's verifier. */
record HashColumns(Field<String> scheme, Field<Long> key, Field<String> hash) {
  static HashColumns of(Table<?> table) {
    return new HashColumns(
        Columns.column(table, "token_scheme", Columns.TEXT),
        Columns.column(table, "token_key", Columns.INT),
        Columns.column(table, "token_hash", Columns.TEXT));
  }

  Map<Field<?>, Object> values(SecretHash token) {
    return Map.of(scheme, token.scheme(), key, (long) token.keyId(), hash, token.text());
  }

  SecretHash read(Record row) {
    return new SecretHash(row.get(scheme), Math.toIntExact(row.get(key)), row.get(hash));
  }
}
