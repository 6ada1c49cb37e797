package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** MQTT.js as the lock file says, installed once for a build. */
final class MqttJs {
  private static final Path SOURCES = Path.of("src/test/browser");
  private static final Path MODULES = Path.of("target/browser");

  private MqttJs() {}

  /**
   * Without running anything of the packages.
   *
   * @param folder for what npm tells
   * @return the module's folder
   */
  static Path install(Path folder) throws IOException {
    Path module = MODULES.resolve("node_modules/mqtt");
    Files.createDirectories(MODULES);
    for (String name : List.of("package.json", "package-lock.json")) {
      Files.writeString(MODULES.resolve(name), Files.readString(SOURCES.resolve(name)));
    }
    if (Files.exists(module.resolve("dist/mqtt.min.js"))) {
      return module;
    }
    try (ForeignProgram npm =
        ForeignProgram.start(
            folder,
            List.of(
                "npm",
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefix",
                MODULES.toAbsolutePath().toString()))) {
      assertThat(npm.awaitExit()).as(npm.output()).isZero();
    }
    return module;
  }
}
