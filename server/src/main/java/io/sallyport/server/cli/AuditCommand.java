package io.sallyport.server.cli;

import io.sallyport.platform.audit.AuditCheckpoint;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.server.config.ConfigurationProblem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The audit chains: a tenant's, or without {@code --tenant} the installation's. */
@Command(
    name = "audit",
    description = "Read and verify the audit record.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class AuditCommand {
  private static final int PART_CHARS_MAX = 512 * 1024;

  @Spec @Nullable CommandSpec spec;

  private PrintWriter out() {
    return Output.of(spec);
  }

  private static String chain(@Nullable String tenant) {
    return tenant == null ? "/api/v1/audit" : "/api/v1/tenants/" + Api.segment(tenant) + "/audit";
  }

  @Command(name = "list", description = "The newest records.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Connection connection,
      @Option(names = "--tenant", paramLabel = "ID") @Nullable String tenant,
      @Option(names = "--limit", paramLabel = "N", defaultValue = "50") int limit) {
    try (Api api = connection.open(Optional.ofNullable(tenant))) {
      Table table = new Table("NO", "TIME", "ACTOR", "ACTION", "TARGET", "OUTCOME", "REFUSAL");
      for (JsonNode record : api.get(chain(tenant) + "?limit=" + limit).path("items")) {
        table.row(
            record.path("sequence").asString(""),
            record.path("time").asString(""),
            record.path("actor").asString(""),
            record.path("action").asString(""),
            record.path("target").asString(""),
            record.path("outcome").asString(""),
            record.path("refusal").asString(""));
      }
      table.print(out());
    }
    return 0;
  }

  @Command(
      name = "verify",
      description = {
        "Walks the chain and names the first broken link; exit code 1 if there is one. With",
        "--checkpoints compares all chains with what was kept elsewhere: finds records cut off at",
        "the end, missing tenants and chains written anew."
      },
      mixinStandardHelpOptions = true)
  int verify(
      @Mixin Connection connection,
      @Option(names = "--tenant", paramLabel = "ID") @Nullable String tenant,
      @Option(
              names = "--checkpoints",
              paramLabel = "FILE",
              description = "The file of audit.checkpoint-file, as its keeper has it.")
          @Nullable Path checkpoints) {
    if (checkpoints != null) {
      return compare(connection, checkpoints);
    }
    try (Api api = connection.open(Optional.ofNullable(tenant))) {
      JsonNode result = api.get(chain(tenant) + "/verify");
      out().println(api.pretty(result));
      out().flush();
      return result.path("intact").asBoolean(false) ? 0 : 1;
    }
  }

  private int compare(Connection connection, Path file) {
    int compared = 0;
    boolean intact;
    try (Api api = connection.open(Optional.empty())) {
      // Asked before the file is read, which goes at least as far then.
      long newest = newestNumber(api);
      List<String> lines = lines(file);
      if (lines.isEmpty()) {
        throw new ConfigurationProblem(file + " holds no checkpoint");
      }
      intact = reaches(lines, newest);
      List<List<String>> parts = inParts(lines);
      for (int i = 0; i < parts.size(); i++) {
        ObjectNode body = api.object().put("walk", i == parts.size() - 1);
        ArrayNode given = body.putArray("checkpoints");
        parts.get(i).forEach(given::add);
        JsonNode result = api.post("/api/v1/audit/verify", body);
        intact &= result.path("intact").asBoolean(false);
        // Each part but the first begins with the last line of the one before.
        compared += result.path("checkpoints").asInt() - (i == 0 ? 0 : 1);
        for (JsonNode finding : result.path("findings")) {
          String tenant = finding.path("tenant").asString("");
          out()
              .println(
                  (tenant.isEmpty() ? "the installation" : "tenant " + tenant)
                      + ", record "
                      + finding.path("sequence").asString("")
                      + ": "
                      + finding.path("reason").asString(""));
        }
      }
    }
    out().println(compared + " checkpoints compared: " + (intact ? "intact" : "NOT INTACT"));
    out().flush();
    return intact ? 0 : 1;
  }

  private static long newestNumber(Api api) {
    ObjectNode nothing = api.object().put("walk", false);
    nothing.putArray("checkpoints");
    return api.post("/api/v1/audit/verify", nothing).path("newest").asLong();
  }

  private boolean reaches(List<String> lines, long newest) {
    long last;
    try {
      last = AuditCheckpoint.decode(lines.getLast()).number();
    } catch (ProblemException e) {
      throw new ConfigurationProblem("the last line of the file is no checkpoint", e);
    }
    if (last < newest) {
      out()
          .println(
              ("the file ends with checkpoint %d, but %d were made: its end is missing (what a"
                      + " command without --config made comes there at the next start)")
                  .formatted(last, newest));
    }
    return last >= newest;
  }

  /** The complete lines: the last one may be being written. */
  private static List<String> lines(Path file) {
    try {
      String text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new ConfigurationProblem("can't read " + file + ": " + e, e);
    }
  }

  /** Each small enough for one request. */
  private static List<List<String>> inParts(List<String> lines) {
    List<List<String>> parts = new ArrayList<>();
    List<String> part = new ArrayList<>();
    int chars = 0;
    for (String line : lines) {
      if (part.size() > 1 && chars + line.length() > PART_CHARS_MAX) {
        parts.add(part);
        // The numbers go on from part to part.
        part = new ArrayList<>(part.subList(part.size() - 1, part.size()));
        chars = part.getFirst().length();
      }
      part.add(line);
      chars += line.length();
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }
}
