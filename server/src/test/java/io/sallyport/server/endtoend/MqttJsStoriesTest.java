package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The stories of {@link ClientStoriesTest} told by MQTT.js in Node; in a browser it is {@link
 * BrowserTest}'s.
 */
class MqttJsStoriesTest {
  private static final Path SCRIPT = Path.of("src/test/browser/sessions.js");
  private static final int TALES = 6;
  private static final int WAYS = 6;

  @Test
  void stories_hold_over_each_transport_in_both_versions(@TempDir Path folder) throws Exception {
    assumeTrue(ForeignProgram.isInstalled("node"), "node is not installed");
    Path module = MqttJs.install(folder);
    try (RunningServer server =
        RunningServer.bootstrapped(folder, "", ClientStoriesTest.BOOTSTRAP)) {
      Path settings =
          Files.writeString(
              folder.resolve("settings.json"),
              """
              {"module":"%s","caFile":"%s","user":"%s","password":"%s","ways":[
                {"url":"mqtt://localhost:%d","version":4},{"url":"mqtt://localhost:%d","version":5},
                {"url":"mqtts://localhost:%d","version":4},{"url":"mqtts://localhost:%d","version":5},
                {"url":"wss://localhost:%d/mqtt","version":4},{"url":"wss://localhost:%d/mqtt","version":5}]}
              """
                  .formatted(
                      module.toAbsolutePath(),
                      server.caFile().toAbsolutePath(),
                      StoryClient.Way.USER,
                      StoryClient.Way.PASSWORD,
                      server.server().port(ClientStoriesTest.DOOR),
                      server.server().port(ClientStoriesTest.DOOR),
                      server.mqtts(),
                      server.mqtts(),
                      server.https(),
                      server.https()));
      try (ForeignProgram node =
          ForeignProgram.start(folder, List.of("node", SCRIPT.toString(), settings.toString()))) {
        await()
            .atMost(Duration.ofMinutes(3))
            .until(() -> node.output().contains("\"failed\":") || !node.isRunning());
        assertThat(node.output()).contains("{\"told\"");
        JsonNode result =
            JsonMapper.builder()
                .build()
                .readTree(node.output().substring(node.output().indexOf("{\"told\"")));
        assertThat(result.path("failed")).isEmpty();
        assertThat(result.path("told")).hasSize(TALES * WAYS);
      }
    }
  }
}
