package io.sallyport.store.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jooq.DSLContext;

/**
 * A query of at most one row that every login asks. Its text is fixed, in words that both databases
 * know, and goes to the driver as it is: composing it anew with jOOQ costs many times what the
 * database needs for the answer.
 */
record FixedQuery<T>(String text, RowReader<T> reader) {
  /** Makes a value of the row that the result stands on. */
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * @param arguments texts and numbers, in the order of the text's parameters
   */
  Optional<T> ask(DSLContext sql, Object... arguments) {
    return sql.connectionResult(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(text)) {
        for (int i = 0; i < arguments.length; i++) {
          statement.setObject(i + 1, arguments[i]);
        }
        try (ResultSet row = statement.executeQuery()) {
          return row.next() ? Optional.of(reader.read(row)) : Optional.empty();
        }
      }
    });
  }
}
