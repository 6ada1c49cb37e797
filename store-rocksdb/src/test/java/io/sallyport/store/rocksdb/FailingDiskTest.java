package io.sallyport.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lets the disk of a child process fail for real, and mends it. */
class FailingDiskTest {
  @TempDir Path folder;

  private List<String> child(String mode) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        FailingDisk.class.getName(),
        folder.toString(),
        mode);
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? text : "failed: " + text;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void writes_that_fail_are_tried_again_and_nothing_is_lost_or_doubled() throws Exception {
    assertThat(run(child("limit")))
        .contains("reads while failing: 10")
        .contains("codes [STORAGE_FAILED]")
        .contains("lost 0 doubled 0 unacknowledged 0");
  }

  @Test
  void full_volume_is_named_so_and_nothing_is_lost_or_doubled() throws Exception {
    // A small volume of its own needs a user namespace, which some kernels forbid.
    List<String> inNamespace = new ArrayList<>(List.of("unshare", "--map-root-user", "--mount"));
    boolean possible;
    try {
      possible = run(concat(inNamespace, List.of("true"))).isEmpty();
    } catch (IOException notInstalled) {
      possible = false;
    }
    assumeTrue(possible, "this system lets nobody mount a small volume of his own");
    String mount = "mount -t tmpfs -o size=32m none '" + folder + "' && exec \"$@\"";
    inNamespace.addAll(List.of("sh", "-c", mount, "sh"));
    assertThat(run(concat(inNamespace, child("full"))))
        .contains("reads while failing: 10")
        .contains("codes [STORAGE_FULL]")
        .contains("lost 0 doubled 0 unacknowledged 0");
  }

  private static List<String> concat(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
