package io.sallyport.store.sql;

import io.sallyport.platform.base.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One PostgreSQL server for all tests of a run, as a parameter of test constructors. */
final class EmbeddedServer implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Server.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.GLOBAL)
        .computeIfAbsent(Server.class, type -> new Server(), Server.class);
  }

  /** A running server. */
  static final class Server implements AutoCloseable {
    private final EmbeddedPostgres postgres;
    private final AtomicInteger databases = new AtomicInteger();

    Server() {
      try {
        postgres =
            EmbeddedPostgres.builder()
                .setServerConfig("max_connections", "200")
                .setPGStartupWait(Duration.ofMinutes(1))
                .start();
      } catch (IOException e) {
        throw new UncheckedIOException("PostgreSQL doesn't start", e);
      }
    }

    RegistryConfig.Postgres emptyDatabase() {
      return create("");
    }

    /** A copy of a database to which nobody is connected. */
    RegistryConfig.Postgres copy(RegistryConfig.Postgres database) {
      String url = database.url();
      return create(" TEMPLATE " + url.substring(url.lastIndexOf('/') + 1));
    }

    private RegistryConfig.Postgres create(String from) {
      String name = "registry" + databases.incrementAndGet();
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name + from);
      } catch (SQLException e) {
        throw new IllegalStateException("no database for the test", e);
      }
      return new RegistryConfig.Postgres(
          "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + name,
          "postgres",
          Secret.of("postgres"),
          Optional.empty(),
          4,
          RegistryConfig.WRITES_WAITING_MAX);
    }

    @Override
    public void close() throws IOException {
      postgres.close();
    }
  }
}
