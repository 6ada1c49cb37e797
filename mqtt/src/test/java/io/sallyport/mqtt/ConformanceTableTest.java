package io.sallyport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The tables of {@code docs/MQTT-CONFORMANCE.md} name tests that exist, for each of the 40 rows.
 */
class ConformanceTableTest {
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+Test)(?:#(\\w+))?`");
  private static final Pattern ROW = Pattern.compile("^\\| (\\d*) ?\\| .*\\| (.*) \\|$");

  @Test
  void every_test_that_the_tables_name_exists() throws IOException {
    Map<String, String> sources = sources();
    int named = 0;
    Matcher matcher = TEST.matcher(document());
    while (matcher.find()) {
      named++;
      assertThat(sources).containsKey(matcher.group(1));
      if (matcher.group(2) != null) {
        assertThat(sources.get(matcher.group(1)))
            .as(matcher.group())
            .contains("void " + matcher.group(2) + "(");
      }
    }
    assertThat(named).isGreaterThan(100);
  }

  @Test
  void each_of_the_forty_behaviours_has_a_row_with_a_test() throws IOException {
    List<Integer> rows =
        document()
            .lines()
            .map(ROW::matcher)
            .filter(row -> row.matches() && !row.group(1).isEmpty())
            .filter(row -> TEST.matcher(row.group(2)).find())
            .map(row -> Integer.valueOf(row.group(1)))
            .toList();
    assertThat(rows).isEqualTo(IntStream.rangeClosed(1, 40).boxed().toList());
  }

  private static String document() throws IOException {
    return Files.readString(Path.of("../docs/MQTT-CONFORMANCE.md"));
  }

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> rooms = Files.list(Path.of(".."))) {
      for (Path tests : rooms.map(room -> room.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            files
                .filter(file -> file.toString().endsWith("Test.java"))
                .forEach(file -> sources.put(name(file), text(file)));
          }
        }
      }
    }
    return sources;
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
