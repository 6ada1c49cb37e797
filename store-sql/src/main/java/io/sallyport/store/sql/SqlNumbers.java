package io.sallyport.store.sql;

import io.sallyport.platform.base.NumberMarks;
import io.sallyport.platform.base.NumberMarks.Sequence;
import java.util.OptionalLong;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sequences of internal numbers, held above everything that was ever given, whatever backup the
 * database was brought back from (THREATS T15).
 */
final class SqlNumbers {
  private static final Logger LOG = LoggerFactory.getLogger(SqlNumbers.class);

  /** How far a sequence jumps whose mark is lost: more than is likely given after a backup. */
  static final long JUMP = 1L << 20;

  private final Database database;
  private final NumberMarks marks;

  SqlNumbers(Database database, NumberMarks marks) {
    this.database = database;
    this.marks = marks;
  }

  /** Raises the sequences to their marks; part of opening, before any number is given. */
  void raise() {
    for (Sequence sequence : Sequence.values()) {
      long last = database.read(sql -> last(sql, table(sequence)));
      long next = next(sequence, last);
      // Where no number was given since, nothing is written.
      if (next > last) {
        database.change(
            Change.of("the sequence " + sequence),
            sql -> {
              set(sql, table(sequence), next);
              return next;
            });
      }
      marks.given(sequence, next);
    }
  }

  private long next(Sequence sequence, long last) {
    OptionalLong mark = marks.mark(sequence);
    if (mark.isPresent()) {
      return Math.max(last, mark.getAsLong());
    }
    LOG.warn(
        "the mark of the internal numbers of {} is missing from the key folder; they go on {}"
            + " higher, so that none given since a backup is given again",
        sequence,
        JUMP);
    return last + JUMP;
  }

  /** Notes a number before the commit that gives it. */
  long given(Sequence sequence, long number) {
    marks.given(sequence, number);
    return number;
  }

  private static String table(Sequence sequence) {
    return switch (sequence) {
      case TENANTS -> "tenant_ids";
      case OBJECTS -> "objects";
    };
  }

  /** The last number that the database remembers to have given; 0 for none. */
  private static long last(DSLContext sql, String table) {
    return sql.dialect() == SQLDialect.POSTGRES
        ? sql.fetchSingle(
                "SELECT coalesce(pg_sequence_last_value("
                    + "pg_get_serial_sequence(?, 'number')::regclass), 0)",
                table)
            .get(0, Long.class)
        : sql.select(SqliteSequences.LAST)
            .from(SqliteSequences.TABLE)
            .where(SqliteSequences.NAME.eq(table))
            .fetchOptional(SqliteSequences.LAST)
            .orElse(0L);
  }

  private static void set(DSLContext sql, String table, long last) {
    if (sql.dialect() == SQLDialect.POSTGRES) {
      sql.fetch("SELECT setval(pg_get_serial_sequence(?, 'number'), ?)", table, last);
      return;
    }
    int updated =
        sql.update(SqliteSequences.TABLE)
            .set(SqliteSequences.LAST, last)
            .where(SqliteSequences.NAME.eq(table))
            .execute();
    if (updated == 0) {
      // SQLite makes the row with the first number.
      sql.insertInto(SqliteSequences.TABLE)
          .set(SqliteSequences.NAME, table)
          .set(SqliteSequences.LAST, last)
          .execute();
    }
  }

  /** Where SQLite keeps what AUTOINCREMENT has given; ordinary statements may change it. */
  private static final class SqliteSequences {
    static final Table<Record> TABLE = Columns.table("sqlite_sequence");
    static final Field<String> NAME = DSL.field(DSL.name("name"), Columns.TEXT);
    static final Field<Long> LAST = DSL.field(DSL.name("seq"), Columns.INT);
  }
}
