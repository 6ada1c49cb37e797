package io.sallyport.store.sql;

import java.sql.Connection;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

/** How jOOQ is used here. */
final class SqlSettings {
  // No statement or value is ever logged (THREATS T03).
  private static final Settings SETTINGS = new Settings().withExecuteLogging(false);

  private SqlSettings() {}

  static DSLContext on(Connection connection, SQLDialect dialect) {
    return DSL.using(connection, dialect, SETTINGS);
  }
}
