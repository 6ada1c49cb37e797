package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import java.time.Instant;
import org.jooq.Converter;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** The types that columns of the registry have, and how tables declare columns. */
final class Columns {
  private static final long NANOS = 1_000_000_000L;

  static final DataType<String> TEXT =
      SQLDataType.CLOB.asConvertedDataType(
          Converter.ofNullable(String.class, String.class, text -> text, Columns::storable));
  static final DataType<Long> INT = SQLDataType.BIGINT;
  static final DataType<Boolean> FLAG = SQLDataType.BOOLEAN;
  static final DataType<byte[]> BYTES = SQLDataType.BLOB;
  static final DataType<Instant> TIME =
      SQLDataType.BIGINT.asConvertedDataType(
          Converter.ofNullable(Long.class, Instant.class, Columns::instant, Columns::nanos));

  private Columns() {}

  static Table<Record> table(String name) {
    return DSL.table(DSL.name(name));
  }

  static <T> Field<T> column(Table<?> table, String name, DataType<T> type) {
    Name qualified = table.getUnqualifiedName().append(name);
    return DSL.field(qualified, type);
  }

  /** Nanoseconds since 1970, exact from 1677 to 2262; times beyond become the nearest of these. */
  static long nanos(Instant time) {
    try {
      return Math.addExact(Math.multiplyExact(time.getEpochSecond(), NANOS), time.getNano());
    } catch (ArithmeticException beyond) {
      return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
  }

  /**
   * Both databases shall take the same texts and give back what they took: no NUL (PostgreSQL
   * refuses it), no half of a surrogate pair (SQLite's driver replaces it).
   */
  private static String storable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw Problem.invalid("a text holds the character NUL");
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          throw Problem.invalid("a text holds half of a surrogate pair");
        }
        i++;
      }
    }
    return text;
  }
}
