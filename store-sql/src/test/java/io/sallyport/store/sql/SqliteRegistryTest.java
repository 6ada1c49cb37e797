package io.sallyport.store.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteRegistryTest extends RegistryTest {
  @TempDir Path folder = Path.of("");

  @Override
  RegistryConfig emptyDatabase() {
    return RegistryConfig.sqlite(folder.resolve("registry.db"));
  }

  @Override
  RegistryConfig copy(RegistryConfig database) {
    Path copy = folder.resolve("copy.db");
    try {
      Files.copy(((RegistryConfig.Sqlite) database).file(), copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return RegistryConfig.sqlite(copy);
  }
}
