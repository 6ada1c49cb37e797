package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Front, hop and container together, for the tests of a class; {@link InnerHopDrainTest} stops
 * them.
 */
abstract class RunningHop {
  @TempDir static Path folder;
  static HopFixture hop;

  @BeforeAll
  static void start() {
    hop = new HopFixture(folder, false);
  }

  @AfterAll
  static void stop() {
    hop.close();
  }

  @AfterEach
  void no_record_and_no_pipe_is_left() {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .untilAsserted(() -> {
          assertThat(hop.pipes()).isZero();
          assertThat(hop.peers.waiting()).isZero();
        });
  }
}
