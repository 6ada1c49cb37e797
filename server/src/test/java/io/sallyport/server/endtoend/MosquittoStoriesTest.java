package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The stories of {@link ClientStoriesTest} told by mosquitto_pub and mosquitto_sub, unmodified. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MosquittoStoriesTest {
  private Path folder = Path.of("");
  private RunningServer server;
  private int story;

  @BeforeAll
  void start(@TempDir Path temporary) {
    assumeTrue(ForeignProgram.isInstalled("mosquitto_pub"), "mosquitto-clients is not installed");
    folder = temporary;
    server = RunningServer.bootstrapped(folder, "", ClientStoriesTest.BOOTSTRAP);
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  static Stream<Arguments> ways() {
    return Stream.of(false, true)
        .flatMap(tls ->
            Stream.of("mqttv31", "mqttv311", "mqttv5").map(version -> Arguments.of(version, tls)));
  }

  @ParameterizedTest(name = "{0}, TLS {1}")
  @MethodSource("ways")
  void session_that_lasts_gets_what_it_missed(String version, boolean tls) {
    Way way = way(version, tls);
    List<String> session =
        way.version().equals("mqttv5")
            ? List.of("-c", "-i", way.id(), "-q", "2", "-x", "3600")
            : List.of("-c", "-i", way.id(), "-q", "2");
    assertThat(way.run("mosquitto_sub", session, "-t", way.topic(), "-E")).isEmpty();
    try (ForeignProgram writer =
        way.start("mosquitto_pub", List.of("-q", "1"), "-t", way.topic(), "-m", "one")) {
      assertThat(writer.awaitExit()).as(writer.output()).isZero();
    }
    assertThat(way.run("mosquitto_pub", List.of("-q", "2"), "-t", way.topic(), "-m", "two"))
        .isEmpty();
    assertThat(way.run("mosquitto_pub", List.of("-q", "0"), "-t", way.topic(), "-m", "none"))
        .isEmpty();
    assertThat(way.run("mosquitto_sub", session, "-t", way.topic(), "-C", "2", "-F", "%p/%q"))
        .containsExactly("one/1", "two/2");
  }

  @ParameterizedTest(name = "{0}, TLS {1}")
  @MethodSource("ways")
  void lines_of_every_qos_arrive_in_order(String version, boolean tls) throws IOException {
    Way way = way(version, tls);
    for (int qos = 0; qos <= 2; qos++) {
      List<String> lines = IntStream.range(0, 100).mapToObj(n -> "line-" + n).toList();
      String topic = way.topic() + "/" + qos;
      try (ForeignProgram reader =
          way.start(
              "mosquitto_sub", List.of("-d", "-q", "2"), "-t", topic, "-C", "100", "-F", "> %p")) {
        reader.awaitOutput("Subscribed (mid: 1): 2");
        Path input = Files.write(folder.resolve("lines-" + story + "-" + qos), lines);
        assertThat(
                way.run(
                    "sh",
                    List.of(
                        "-c",
                        "exec mosquitto_pub \"$@\" <" + input,
                        "mosquitto_pub",
                        "-l",
                        "-q",
                        Integer.toString(qos)),
                    "-t",
                    topic))
            .isEmpty();
        assertThat(reader.awaitExit()).as(reader.output()).isZero();
        assertThat(reader.output().lines().filter(line -> line.startsWith("> ")))
            .containsExactlyElementsOf(lines.stream().map(line -> "> " + line).toList());
      }
    }
  }

  @ParameterizedTest(name = "{0}, TLS {1}")
  @MethodSource("ways")
  void retained_message_meets_whoever_subscribes_until_it_is_removed(String version, boolean tls) {
    Way way = way(version, tls);
    way.run("mosquitto_pub", List.of("-q", "1", "-r"), "-t", way.topic(), "-m", "kept");
    assertThat(
            way.run(
                "mosquitto_sub", List.of("-q", "1"), "-t", way.topic(), "-C", "1", "-F", "%p/%r"))
        .containsExactly("kept/1");
    way.run("mosquitto_pub", List.of("-q", "1", "-r", "-n"), "-t", way.topic());
    try (ForeignProgram reader =
        way.start(
            "mosquitto_sub",
            List.of("-d", "-q", "1"),
            "-t",
            way.topic(),
            "-C",
            "1",
            "-F",
            "> %p/%r")) {
      reader.awaitOutput("Subscribed (mid: 1): 1");
      way.run("mosquitto_pub", List.of("-q", "1"), "-t", way.topic(), "-m", "live");
      assertThat(reader.awaitExit()).as(reader.output()).isZero();
      assertThat(reader.output().lines().filter(line -> line.startsWith("> ")))
          .containsExactly("> live/0");
    }
  }

  @ParameterizedTest(name = "{0}, TLS {1}")
  @MethodSource("ways")
  void will_is_published_when_the_client_is_killed_and_not_when_it_leaves(
      String version, boolean tls) {
    Way way = way(version, tls);
    List<String> will =
        List.of("-d", "-q", "1", "--will-topic", way.topic(), "--will-qos", "1", "--will-payload");
    try (ForeignProgram reader =
        way.start("mosquitto_sub", List.of("-d", "-q", "1"), "-t", way.topic(), "-C", "1")) {
      reader.awaitOutput("Subscribed (mid: 1): 1");
      List<String> leaving = new ArrayList<>(will);
      leaving.addAll(List.of("left", "-E"));
      way.run("mosquitto_sub", leaving, "-t", "other");
      List<String> dying = new ArrayList<>(will);
      dying.add("killed");
      try (ForeignProgram mortal = way.start("mosquitto_sub", dying, "-t", "other")) {
        mortal.awaitOutput("Subscribed (mid: 1): 1");
      }
      assertThat(reader.awaitExit()).as(reader.output()).isZero();
      assertThat(reader.output().lines().toList()).contains("killed").doesNotContain("left");
    }
  }

  @ParameterizedTest(name = "{0}, TLS {1}")
  @MethodSource("ways")
  void members_of_a_shared_subscription_get_each_message_once_between_them(
      String version, boolean tls) {
    Way way = way(version, tls);
    String shared = "$share/group/" + way.topic() + "/#";
    try (ForeignProgram first =
            way.start("mosquitto_sub", List.of("-d", "-q", "1"), "-t", shared, "-F", "> %p");
        ForeignProgram second =
            way.start("mosquitto_sub", List.of("-d", "-q", "1"), "-t", shared, "-F", "> %p")) {
      first.awaitOutput("Subscribed (mid: 1): 1");
      second.awaitOutput("Subscribed (mid: 1): 1");
      way.run(
          "mosquitto_pub",
          List.of("-q", "1", "--repeat", "20"),
          "-t",
          way.topic() + "/a",
          "-m",
          "shared");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(heard(first) + heard(second)).isEqualTo(20));
      assertThat(heard(first)).isPositive();
      assertThat(heard(second)).isPositive();
    }
  }

  private static long heard(ForeignProgram reader) {
    return reader.output().lines().filter(line -> line.equals("> shared")).count();
  }

  private Way way(String version, boolean tls) {
    story++;
    return new Way(version, tls);
  }

  /** Where and how the programs of one story connect. */
  private final class Way {
    private final String version;
    private final boolean tls;

    Way(String version, boolean tls) {
      this.version = version;
      this.tls = tls;
    }

    String version() {
      return version;
    }

    String id() {
      return "story-" + story;
    }

    String topic() {
      return "mosquitto/" + story;
    }

    ForeignProgram start(String program, List<String> options, String... more) {
      List<String> command = new ArrayList<>(List.of(program));
      command.addAll(options);
      command.addAll(List.of("-V", version, "-h", "localhost", "-p"));
      if (tls) {
        command.addAll(
            List.of(
                Integer.toString(server.mqtts()),
                "--cafile",
                server.caFile().toString(),
                "-u",
                StoryClient.Way.USER,
                "-P",
                StoryClient.Way.PASSWORD));
      } else {
        command.add(Integer.toString(server.server().port(ClientStoriesTest.DOOR)));
      }
      if (program.equals("mosquitto_sub")) {
        command.addAll(List.of("-W", "30"));
      }
      command.addAll(List.of(more));
      return ForeignProgram.start(folder, command);
    }

    /** To its end; what it wrote but for what {@code -d} tells. */
    List<String> run(String program, List<String> options, String... more) {
      try (ForeignProgram running = start(program, options, more)) {
        assertThat(running.awaitExit()).as(running.output()).isZero();
        return running.output().lines().filter(line -> !line.startsWith("Client ")).toList();
      }
    }
  }
}
