package io.sallyport.store.sql;

import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(EmbeddedServer.class)
class PostgresRegistryTest extends RegistryTest {
  private final EmbeddedServer.Server server;

  PostgresRegistryTest(EmbeddedServer.Server server) {
    this.server = server;
  }

  @Override
  RegistryConfig emptyDatabase() {
    return server.emptyDatabase();
  }
}
