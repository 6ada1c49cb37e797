package io.sallyport.server.cli;

import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** The audit chains: a tenant's, or without {@code --tenant} the installation's. */
@Command(
    name = "audit",
    description = "Read and verify the audit record.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class AuditCommand {
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
      description = "Walks the chain and names the first broken link; exit code 1 if there is one.",
      mixinStandardHelpOptions = true)
  int verify(
      @Mixin Connection connection,
      @Option(names = "--tenant", paramLabel = "ID") @Nullable String tenant) {
    try (Api api = connection.open(Optional.ofNullable(tenant))) {
      JsonNode result = api.get(chain(tenant) + "/verify");
      out().println(api.pretty(result));
      out().flush();
      return result.path("intact").asBoolean(false) ? 0 : 1;
    }
  }
}
