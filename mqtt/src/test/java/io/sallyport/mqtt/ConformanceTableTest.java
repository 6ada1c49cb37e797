package io.sallyport.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

  /** A row of the table of behaviours, or of the statements without a test. */
  private static final Pattern CLAUSES =
      Pattern.compile(
          "\\| \\d* ?\\| [^|]* \\| ([^|]*\\d-\\d[^|]*) \\| .*|\\| (v[35]: [^|]*) \\| [^|]* \\|");

  private static final Pattern CLAUSE =
      Pattern.compile("(\\d+\\.\\d+\\.\\d+)?-(\\d+)(?: to -(\\d+))?");
  private static final String VERSION_3_1_1 =
      "1.5.3:3 2.2.2:2 2.3.1:7 3.1.0:2 3.1.2:24 3.1.3:11 3.1.4:5 3.2.0:1 3.2.2:6 3.3.1:12 3.3.2:3 3.3.4:1 "
          + "3.3.5:2 3.6.1:1 3.8.1:1 3.8.3:4 3.8.4:6 3.9.3:2 3.10.1:1 3.10.3:2 3.10.4:6 3.12.4:1 3.14.1:1 "
          + "3.14.4:3 4.1.0:2 4.2.0:1 4.3.1:1 4.3.2:2 4.3.3:2 4.4.0:1 4.5.0:2 4.6.0:6 4.7.1:3 4.7.2:1 4.7.3:4 "
          + "4.8.0:2 6.0.0:4";
  private static final String VERSION_5 =
      "1.5.4:3 1.5.5:1 1.5.7:1 2.1.3:1 2.2.1:6 2.2.2:1 3.1.0:2 3.1.2:30 3.1.3:12 3.1.4:6 3.2.0:2 3.2.2:22 "
          + "3.3.1:13 3.3.2:20 3.3.4:10 3.4.2:3 3.5.2:3 3.6.1:1 3.6.2:3 3.7.2:3 3.8.1:1 3.8.3:5 3.8.4:8 3.9.2:2 "
          + "3.9.3:2 3.10.1:1 3.10.3:2 3.10.4:6 3.11.2:2 3.11.3:2 3.12.4:1 3.14.0:1 3.14.1:1 3.14.2:4 3.14.4:3 "
          + "3.15.1:1 3.15.2:3 4.1.0:2 4.2.0:1 4.3.1:1 4.3.2:5 4.3.3:13 4.4.0:2 4.5.0:2 4.6.0:6 4.7.0:1 4.7.1:2 "
          + "4.7.2:1 4.7.3:4 4.8.2:6 4.9.0:3 4.12.0:7 4.12.1:2 4.13.1:1 4.13.2:1 6.0.0:4";

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

  /** The numbers of Appendix B of 3.1.1 and of 5: section and how many statements it has. */
  @Test
  void each_statement_of_the_standards_is_in_a_table() throws IOException {
    Map<String, Set<String>> named = Map.of("v3", new TreeSet<>(), "v5", new TreeSet<>());
    document()
        .lines()
        .map(CLAUSES::matcher)
        .filter(Matcher::matches)
        .forEach(row -> addClauses(row.group(1) == null ? row.group(2) : row.group(1), named));
    assertThat(named.get("v3")).isEqualTo(statements(VERSION_3_1_1));
    assertThat(named.get("v5")).isEqualTo(statements(VERSION_5));
  }

  private static Set<String> statements(String sections) {
    Set<String> all = new TreeSet<>();
    for (String section : sections.split(" ", -1)) {
      String[] parts = section.split(":", -1);
      IntStream.rangeClosed(1, Integer.parseInt(parts[1]))
          .mapToObj(number -> parts[0] + "-" + number)
          .forEach(all::add);
    }
    all.remove("2.2.1-1"); // 5 counts from 2 there.
    return all;
  }

  /** As in {@code v3: 1.5.3-1 to -3; v5: 1.5.4-1, -2; 4.7.3-1}. */
  private static void addClauses(String cell, Map<String, Set<String>> named) {
    for (String part : cell.split(";", -1)) {
      Matcher version = Pattern.compile("(v[35]): (.*)").matcher(part.strip());
      boolean either = version.matches();
      List<String> versions = either ? List.of(version.group(1)) : List.of("v3", "v5");
      String section = "";
      for (String item : (either ? version.group(2) : part).split(",", -1)) {
        Matcher clause = CLAUSE.matcher(item.strip());
        assertThat(clause.matches()).as("%s in: %s", item, cell).isTrue();
        section = clause.group(1) == null ? section : clause.group(1);
        int first = Integer.parseInt(clause.group(2));
        int last = clause.group(3) == null ? first : Integer.parseInt(clause.group(3));
        for (int number = first; number <= last; number++) {
          for (String each : versions) {
            named.getOrDefault(each, Set.of()).add(section + "-" + number);
          }
        }
      }
    }
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
                .forEach(file -> sources.merge(name(file), text(file), String::concat));
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
