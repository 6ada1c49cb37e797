package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Copies the registry while it runs, as it stands at one commit. The copy holds no deleted content
 * and needs no log beside it; it is checked and synced before the call returns.
 */
final class SqliteBackup {
  private final SqliteConnections connections;
  private final Faults faults;

  SqliteBackup(SqliteConnections connections, Faults faults) {
    this.connections = connections;
    this.faults = faults;
  }

  /** Writes {@code file}, which must not exist, readable by its owner only. */
  void to(Path file) {
    if (Files.exists(file)) {
      throw new Problem(Problem.Code.ALREADY_EXISTS, file + " already exists").asException();
    }
    SqliteDatabase.createPrivate(file);
    CompletableFuture<Boolean> copied = new CompletableFuture<>();
    Thread.ofPlatform().name("registry-backup").daemon().start(() -> run(file, copied));
    Work.await(copied);
  }

  private void run(Path file, CompletableFuture<Boolean> copied) {
    try {
      copy(file);
      check(file);
      sync(file);
      sync(Objects.requireNonNull(file.toAbsolutePath().getParent()));
      copied.complete(Boolean.TRUE);
    } catch (SQLException e) {
      fail(file, copied, faults.exception(e, Change.of("the backup " + file)));
    } catch (IOException e) {
      fail(
          file,
          copied,
          new ProblemException(
              new Problem(Problem.Code.STORAGE_FAILED, "the backup " + file + " can't be synced"),
              e));
    } catch (RuntimeException e) {
      fail(file, copied, e);
    }
  }

  private void copy(Path file) throws SQLException {
    try (Connection connection = connections.openWriter();
        PreparedStatement statement = connection.prepareStatement("VACUUM INTO ?")) {
      statement.setString(1, file.toString());
      statement.execute();
    }
  }

  private static void check(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA integrity_check(1)")) {
      String verdict = row.next() ? row.getString(1) : "no answer";
      if (!"ok".equals(verdict)) {
        throw new Problem(
                Problem.Code.CORRUPT, "the registry is damaged, its copy says: " + verdict)
            .asException();
      }
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void fail(Path file, CompletableFuture<Boolean> copied, RuntimeException reason) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
    copied.completeExceptionally(reason);
  }
}
