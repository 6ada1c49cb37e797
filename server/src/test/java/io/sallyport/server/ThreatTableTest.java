package io.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table row → test of {@code docs/security/threats.md} names tests that exist. */
class ThreatTableTest {
  private static final Pattern TEST_NAME = Pattern.compile("`([A-Z]\\w+(?:Test|Contract))`");

  @Test
  void every_test_that_the_table_of_threats_names_exists() throws IOException {
    Set<String> named = new TreeSet<>();
    Matcher matcher = TEST_NAME.matcher(Files.readString(Path.of("../docs/security/threats.md")));
    while (matcher.find()) {
      named.add(matcher.group(1));
    }
    assertThat(named).isNotEmpty();
    assertThat(existing()).containsAll(named);
  }

  private static Set<String> existing() throws IOException {
    try (Stream<Path> rooms = Files.list(Path.of(".."))) {
      Set<String> names = new TreeSet<>();
      for (Path tests : rooms.map(room -> room.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            names.addAll(
                files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet()));
          }
        }
      }
      return names;
    }
  }
}
