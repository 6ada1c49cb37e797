package io.sallyport.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The plan of the house as data: which room may know which, and what it may be built with. */
class ArchitectureTest {
  /**
   * A room.
   *
   * @param module its Maven module
   * @param root its root package
   * @param rooms modules it may import
   * @param libraries root packages of libraries it may import, besides the JDK and JSpecify
   */
  record Room(String module, String root, Set<String> rooms, List<String> libraries) {}

  private static final List<String> SPRING =
      List.of(
          "org.springframework",
          "jakarta",
          "tools.jackson",
          "com.fasterxml.jackson.annotation",
          "org.slf4j",
          "io.micrometer");

  private static final List<Room> ROOMS =
      List.of(
          new Room(
              "mqtt",
              "io.sallyport.mqtt",
              Set.of(),
              List.of("io.netty", "org.slf4j", "io.micrometer")),
          new Room(
              "platform",
              "io.sallyport.platform",
              Set.of(),
              List.of(
                  "org.bouncycastle",
                  "tools.jackson",
                  "com.github.benmanes.caffeine",
                  "org.slf4j",
                  "io.micrometer")),
          new Room(
              "store-sql",
              "io.sallyport.store.sql",
              Set.of("platform"),
              List.of(
                  "org.jooq",
                  "org.flywaydb",
                  "org.sqlite",
                  "org.postgresql",
                  "com.zaxxer.hikari",
                  "com.github.benmanes.caffeine",
                  "tools.jackson",
                  "org.slf4j",
                  "io.micrometer")),
          new Room(
              "store-rocksdb",
              "io.sallyport.store.rocksdb",
              Set.of("platform", "mqtt"),
              List.of("org.rocksdb", "org.slf4j", "io.micrometer")),
          new Room(
              "contract-watson",
              "io.sallyport.watson",
              Set.of("platform", "mqtt"),
              concat(SPRING, "com.github.benmanes.caffeine")),
          new Room(
              "web",
              "io.sallyport.web",
              Set.of("platform"),
              concat(
                  SPRING,
                  "org.apache.catalina",
                  "org.apache.coyote",
                  "org.apache.tomcat",
                  "org.eclipse.jetty",
                  "io.prometheus",
                  "org.springdoc",
                  "io.swagger")),
          new Room(
              "server",
              "io.sallyport.server",
              Set.of("mqtt", "platform", "store-sql", "store-rocksdb", "contract-watson", "web"),
              concat(SPRING, "picocli", "org.yaml.snakeyaml", "io.netty", "ch.qos.logback")),
          new Room(
              "simulator",
              "io.sallyport.simulator",
              Set.of(),
              List.of(
                  "com.hivemq.client",
                  "io.netty",
                  "io.reactivex",
                  "org.reactivestreams",
                  "tools.jackson",
                  "picocli",
                  "org.HdrHistogram",
                  "org.slf4j")));

  /** Inside {@code platform} a package may import only those that stand before it. */
  private static final List<String> LADDER =
      List.of(
          "base", "tenant", "audit", "identity", "certificate", "device", "telemetry", "command");

  private static JavaClasses all;

  @BeforeAll
  static void importClasses() {
    all =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.sallyport");
  }

  @TestFactory
  List<DynamicTest> each_room_imports_only_what_the_plan_allows() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Room room : ROOMS) {
      tests.add(
          DynamicTest.dynamicTest(
              room.module(),
              () ->
                  classes()
                      .that()
                      .resideInAPackage(room.root() + "..")
                      .should()
                      .onlyDependOnClassesThat(allowedFor(room))
                      .check(all)));
    }
    return tests;
  }

  @TestFactory
  List<DynamicTest> each_package_of_platform_imports_only_those_before_it() {
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < LADDER.size(); i++) {
      String name = LADDER.get(i);
      String[] after =
          LADDER.subList(i + 1, LADDER.size()).stream()
              .map(later -> "io.sallyport.platform." + later + "..")
              .toArray(String[]::new);
      if (after.length > 0) {
        tests.add(
            DynamicTest.dynamicTest(
                name,
                () ->
                    noClasses()
                        .that()
                        .resideInAPackage("io.sallyport.platform." + name + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(after)
                        .check(all)));
      }
    }
    return tests;
  }

  @TestFactory
  List<DynamicTest> no_room_has_a_cycle_between_its_packages() {
    return ROOMS.stream()
        .map(room ->
            DynamicTest.dynamicTest(
                room.module(),
                () ->
                    slices()
                        .matching(room.root() + ".(*)..")
                        .should()
                        .beFreeOfCycles()
                        .allowEmptyShould(true)
                        .check(all)))
        .toList();
  }

  @Test
  void platform_has_no_package_outside_the_ladder() {
    assertThat(
            all.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith("io.sallyport.platform."))
                .map(name -> name.substring("io.sallyport.platform.".length()))
                .distinct())
        .isSubsetOf(LADDER);
  }

  /** THREATS T14: only device login turns an unverified chain into a principal. */
  @Test
  void an_unverified_chain_is_read_only_by_those_who_carry_it() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.sallyport.platform.certificate..",
            "io.sallyport.platform.device..",
            "io.sallyport.web.hop..",
            "io.sallyport.watson..",
            "io.sallyport.server.wiring..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("io.sallyport.platform.certificate.UnverifiedChain")
        .check(all);
  }

  @Test
  void the_standard_certificate_attribute_is_never_named() {
    noClasses()
        .should()
        .accessField("jakarta.servlet.ServletRequest", "X509Certificate")
        .check(all);
  }

  @Test
  void the_architecture_document_shows_this_plan() throws IOException {
    assertThat(Files.readString(Path.of("../docs/ARCHITECTURE.md"))).contains(plan());
  }

  private static String plan() {
    StringBuilder table = new StringBuilder("| room | may import |\n| --- | --- |\n");
    for (Room room : ROOMS) {
      table
          .append("| `")
          .append(room.module())
          .append("` | ")
          .append(
              room.rooms().isEmpty()
                  ? "–"
                  : String.join(
                      ", ",
                      ROOMS.stream()
                          .map(Room::module)
                          .filter(room.rooms()::contains)
                          .map(name -> "`" + name + "`")
                          .toList()))
          .append(" |\n");
    }
    return table.toString();
  }

  private static DescribedPredicate<JavaClass> allowedFor(Room room) {
    List<String> roots = new ArrayList<>(List.of("java", "javax", "sun.misc", "org.jspecify"));
    roots.add(room.root());
    roots.addAll(room.libraries());
    ROOMS.stream()
        .filter(other -> room.rooms().contains(other.module()))
        .map(Room::root)
        .forEach(roots::add);
    return DescribedPredicate.describe(
        "reside in one of " + roots,
        type -> {
          String name = type.getBaseComponentType().getPackageName();
          return name.isEmpty()
              || roots.stream()
                  .anyMatch(root ->
                      (name.equals(root) || name.startsWith(root + "."))
                          && !(root.equals("java")
                              && name.startsWith("java.sql")
                              && room.module().equals("platform")));
        });
  }

  private static List<String> concat(List<String> first, String... more) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return all;
  }
}
