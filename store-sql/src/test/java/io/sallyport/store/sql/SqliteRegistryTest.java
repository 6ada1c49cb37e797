package io.sallyport.store.sql;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteRegistryTest extends RegistryTest {
  @TempDir Path folder = Path.of("");

  @Override
  RegistryConfig emptyDatabase() {
    return RegistryConfig.sqlite(folder.resolve("registry.db"));
  }
}
