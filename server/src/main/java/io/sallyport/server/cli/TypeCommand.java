package io.sallyport.server.cli;

import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Device types of a tenant. */
@Command(
    name = "type",
    description = "List, create and delete device types.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class TypeCommand {
  @Spec @Nullable CommandSpec spec;

  private PrintWriter out() {
    return Output.of(spec);
  }

  private static String types(String tenant) {
    return "/api/v1/tenants/" + Api.segment(tenant) + "/device-types";
  }

  @Command(name = "list", description = "All types.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant) {
    try (Api api = connection.open(Optional.of(tenant))) {
      Table table = new Table("ID", "CLASS", "DESCRIPTION");
      api.list(
          types(tenant),
          type ->
              table.row(
                  type.path("id").asString(""),
                  type.path("class").asString(""),
                  type.path("description").asString("")));
      table.print(out());
    }
    return 0;
  }

  @Command(name = "create", description = "Creates a type.", mixinStandardHelpOptions = true)
  int create(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Option(names = "--gateway", description = "Its devices may speak for others.")
          boolean gateway,
      @Option(names = "--description", paramLabel = "TEXT", defaultValue = "") String description,
      @Parameters(paramLabel = "TYPE") String type) {
    try (Api api = connection.open(Optional.of(tenant))) {
      ObjectNode body =
          api.object()
              .put("id", type)
              .put("class", gateway ? "gateway" : "device")
              .put("description", description);
      out().println(api.pretty(api.post(types(tenant), body)));
      out().flush();
    }
    return 0;
  }

  @Command(
      name = "delete",
      description = "Deletes a type that has no devices.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Parameters(paramLabel = "TYPE") String type) {
    try (Api api = connection.open(Optional.of(tenant))) {
      api.delete(types(tenant) + "/" + Api.segment(type));
      out().println("deleted " + type);
      out().flush();
    }
    return 0;
  }
}
