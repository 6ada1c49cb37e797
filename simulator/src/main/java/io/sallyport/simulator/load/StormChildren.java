package io.sallyport.simulator.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The processes that hold a storm's connections. They stand for clients on other machines, so they
 * run with lower priority than the server and what is measured.
 */
final class StormChildren implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Path NICE = Path.of("/usr/bin/nice");
  private static final int AT_A_TIME = 64;

  private final List<Child> children = new ArrayList<>();

  /** All children's counts together. */
  record Total(int open, int dropped, long resumed, Map<String, Integer> refusals) {
    Total {
      refusals = new TreeMap<>(refusals);
    }

    int refused() {
      return refusals.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** What came since an earlier count. */
    Map<String, Integer> refusedSince(Total earlier) {
      Map<String, Integer> since = new TreeMap<>();
      refusals.forEach((kind, number) -> {
        int more = number - earlier.refusals.getOrDefault(kind, 0);
        if (more > 0) {
          since.put(kind, more);
        }
      });
      return since;
    }
  }

  private record Child(Process process, Writer commands, BufferedReader answers) {}

  /** Starts them and gives each its share; nothing connects yet. */
  static StormChildren start(LoadTarget target, StormPlan plan, long seed) throws IOException {
    StormChildren started = new StormChildren();
    try {
      List<String> addresses = new ArrayList<>();
      for (int i = 0; i < plan.addresses(); i++) {
        addresses.add("127.0.0." + (2 + i));
      }
      for (int child = 0; child < plan.children(); child++) {
        List<LoadLogin> logins = new ArrayList<>();
        for (int i = child; i < plan.connections(); i += plan.children()) {
          logins.add(target.publisher(i));
        }
        started.launch(
            StormChild.share(
                target.endpoint(),
                logins,
                addresses,
                plan.resume(),
                plan.backOff(),
                Math.max(1, AT_A_TIME / plan.children()),
                seed + child));
      }
      return started;
    } catch (IOException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  void connect() throws IOException {
    askAll(StormChild.CONNECT);
  }

  void cut() throws IOException {
    askAll(StormChild.CUT);
  }

  Total count() throws IOException {
    int open = 0;
    int dropped = 0;
    long resumed = 0;
    Map<String, Integer> refusals = new TreeMap<>();
    for (JsonNode answer : askAll(StormChild.COUNT)) {
      open += answer.get("open").asInt();
      dropped += answer.get("dropped").asInt();
      resumed += answer.get("resumed").asLong();
      answer
          .get("refusals")
          .properties()
          .forEach(refusal ->
              refusals.merge(refusal.getKey(), refusal.getValue().asInt(), Integer::sum));
    }
    return new Total(open, dropped, resumed, refusals);
  }

  /** What it took each connection that is open, in rising order. */
  long[] micros() throws IOException {
    List<Long> all = new ArrayList<>();
    for (JsonNode answer : askAll(StormChild.MICROS)) {
      answer.get("micros").forEach(micros -> all.add(micros.asLong()));
    }
    return all.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  @Override
  public void close() {
    for (Child child : children) {
      child.process.destroy();
    }
    for (Child child : children) {
      try {
        if (!child.process.waitFor(5, TimeUnit.SECONDS)) {
          child.process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        child.process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  private void launch(String share) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(NICE)) {
      command.addAll(List.of(NICE.toString(), "-n", "10"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx768m",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            System.getProperty("java.class.path"),
            StormChild.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Child child =
        new Child(
            process,
            process.outputWriter(StandardCharsets.UTF_8),
            process.inputReader(StandardCharsets.UTF_8));
    children.add(child);
    tell(child, share);
  }

  /** All are told before the first answer is waited for. */
  private List<JsonNode> askAll(String command) throws IOException {
    for (Child child : children) {
      tell(child, command);
    }
    List<JsonNode> answers = new ArrayList<>();
    for (Child child : children) {
      String answer = child.answers.readLine();
      if (answer == null) {
        throw new IOException("a process with connections has ended");
      }
      answers.add(JSON.readTree(answer));
    }
    return answers;
  }

  private static void tell(Child child, String line) throws IOException {
    child.commands.write(line + "\n");
    child.commands.flush();
  }
}
