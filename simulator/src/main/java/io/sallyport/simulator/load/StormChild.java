package io.sallyport.simulator.load;

import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.access.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A process that holds a share of a storm's connections. Its parent writes a line that says which,
 * then one command a line; each is answered by a line. The end of the input is the end of the
 * process, so none outlives its parent.
 */
final class StormChild {
  /** Begins to connect all. */
  static final String CONNECT = "connect";

  /** Cuts all, which come back by themselves. */
  static final String CUT = "cut";

  /** Asks for {@link StormFleet.Count}. */
  static final String COUNT = "count";

  /** Asks for {@link StormFleet#micros}. */
  static final String MICROS = "micros";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private StormChild() {}

  /** Serves its parent until the end of the input. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    PrintStream answers = System.out;
    // Whatever a library might print must not stand among the answers.
    System.setOut(System.err);
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String share = commands.readLine();
    if (share == null) {
      return;
    }
    try (StormFleet fleet = fleet(JSON.readTree(share))) {
      for (String command = commands.readLine(); command != null; command = commands.readLine()) {
        answers.println(answer(fleet, command));
        answers.flush();
      }
    }
  }

  private static String answer(StormFleet fleet, String command)
      throws IOException, InterruptedException {
    ObjectNode answer = JSON.createObjectNode();
    switch (command) {
      case CONNECT -> fleet.connectAll();
      case CUT -> fleet.cutAll();
      case COUNT -> {
        StormFleet.Count count = fleet.count();
        answer.put("open", count.open()).put("dropped", count.dropped());
        answer.put("resumed", fleet.resumed());
        ObjectNode refusals = answer.putObject("refusals");
        count.refusals().forEach(refusals::put);
      }
      case MICROS -> {
        ArrayNode micros = answer.putArray("micros");
        fleet.micros().forEach(micros::add);
      }
      default -> throw new IOException("no command: " + command);
    }
    return JSON.writeValueAsString(answer);
  }

  /** The line that tells a child its share; it holds secrets, and goes through a pipe alone. */
  static String share(
      Endpoint endpoint,
      List<LoadLogin> logins,
      List<String> addresses,
      boolean resume,
      Duration backOff,
      int atATime,
      long seed) {
    ObjectNode share = JSON.createObjectNode();
    share.put("host", endpoint.host()).put("port", endpoint.port());
    share.put("encrypted", endpoint.encrypted());
    if (endpoint.caFile() != null) {
      share.put("ca", endpoint.caFile().toAbsolutePath().toString());
    }
    share.put("resume", resume).put("backOffMillis", backOff.toMillis());
    share.put("atATime", atATime).put("seed", seed);
    ArrayNode from = share.putArray("addresses");
    addresses.forEach(from::add);
    ArrayNode all = share.putArray("logins");
    for (LoadLogin login : logins) {
      ArrayNode one = all.addArray().add(login.clientId());
      if (login.user() != null && login.secret() != null) {
        one.add(login.user()).add(login.secret().reveal());
      }
    }
    return JSON.writeValueAsString(share);
  }

  private static StormFleet fleet(JsonNode share) throws IOException {
    @Nullable Path ca = share.has("ca") ? Path.of(share.get("ca").asString()) : null;
    List<InetAddress> addresses = new ArrayList<>();
    for (JsonNode address : share.get("addresses")) {
      addresses.add(InetAddress.ofLiteral(address.asString()));
    }
    List<LoadLogin> logins = new ArrayList<>();
    for (JsonNode login : share.get("logins")) {
      logins.add(
          login.size() == 1
              ? new LoadLogin(login.get(0).asString(), null, null)
              : new LoadLogin(
                  login.get(0).asString(),
                  login.get(1).asString(),
                  Secret.of(login.get(2).asString())));
    }
    return new StormFleet(
        new Endpoint(
            share.get("host").asString(),
            share.get("port").asInt(),
            share.get("encrypted").asBoolean(),
            ca),
        logins,
        addresses,
        share.get("resume").asBoolean(),
        Duration.ofMillis(share.get("backOffMillis").asLong()),
        share.get("atATime").asInt(),
        new SplittableRandom(share.get("seed").asLong()));
  }
}
