package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;

/** Brings a database's schema up to date, and refuses one that is ahead of this release. */
final class Schema {
  static final Map<String, String> SQLITE_WORDS =
      Map.of(
          "identity", "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
          "int", "INTEGER",
          "time", "INTEGER",
          "flag", "INTEGER",
          "bytes", "BLOB",
          "bytewise", "COLLATE BINARY",
          "strict", "STRICT");
  static final Map<String, String> POSTGRES_WORDS =
      Map.of(
          "identity", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
          "int", "BIGINT",
          "time", "BIGINT",
          "flag", "BOOLEAN",
          "bytes", "BYTEA",
          "bytewise", "COLLATE \"C\"",
          "strict", "");

  private Schema() {}

  /**
   * @param name how texts call the database
   * @throws ProblemException {@code CONFLICT} if a newer release wrote the schema, or the storage's
   *     problem
   */
  static void migrate(DataSource source, Map<String, String> words, String name, Faults faults) {
    try {
      Flyway flyway =
          Flyway.configure(Schema.class.getClassLoader())
              .dataSource(source)
              .locations("classpath:io/sallyport/store/sql/migration")
              .table("schema_history")
              .placeholders(words)
              .cleanDisabled(true)
              .validateMigrationNaming(true)
              .load();
      refuseNewer(flyway, name);
      flyway.migrate();
    } catch (FlywayException e) {
      SQLException cause = Faults.sqlCause(e);
      if (cause != null) {
        throw new ProblemException(faults.problem(cause, Faults.UNKNOWN), e);
      }
      throw new ProblemException(
          new Problem(
              Problem.Code.CORRUPT,
              "the schema of " + name + " is not one that Sallyport made: " + e.getMessage()),
          e);
    }
  }

  private static void refuseNewer(Flyway flyway, String name) {
    MigrationInfo[] known =
        Arrays.stream(flyway.info().all())
            .filter(migration -> migration.getState().isResolved())
            .toArray(MigrationInfo[]::new);
    MigrationVersion newest = known[known.length - 1].getVersion();
    MigrationInfo current = flyway.info().current();
    if (current != null && current.getVersion().isNewerThan(newest)) {
      throw new Problem(
              Problem.Code.CONFLICT,
              name
                  + " was written by a newer release of Sallyport (schema "
                  + current.getVersion()
                  + ", this release knows "
                  + newest
                  + "); start that release, or restore a backup made by this one")
          .asException();
    }
  }
}
