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

/** Plain spaces of a tenant. */
@Command(
    name = "space",
    description = "List, create and delete plain spaces.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class SpaceCommand {
  @Spec @Nullable CommandSpec spec;

  private PrintWriter out() {
    return Output.of(spec);
  }

  static String spaces(String tenant) {
    return "/api/v1/tenants/" + Api.segment(tenant) + "/spaces";
  }

  @Command(name = "list", description = "All plain spaces.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant) {
    try (Api api = connection.open(Optional.of(tenant))) {
      Table table = new Table("SPACE", "ACKNOWLEDGE", "ON DENIED PUBLISH", "CREATED");
      api.list(
          spaces(tenant),
          space ->
              table.row(
                  space.path("name").asString(""),
                  space.path("acknowledge").asString(""),
                  space.path("onDeniedPublish").asString(""),
                  space.path("created").asString("")));
      table.print(out());
    }
    return 0;
  }

  @Command(name = "create", description = "Makes a plain space.", mixinStandardHelpOptions = true)
  int create(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Option(
              names = "--acknowledge",
              paramLabel = "WHEN",
              defaultValue = "durable",
              description = "durable or received (default: ${DEFAULT-VALUE}).")
          String acknowledge,
      @Option(
              names = "--on-denied-publish",
              paramLabel = "ACT",
              defaultValue = "drop",
              description = "drop or close (default: ${DEFAULT-VALUE}).")
          String onDeniedPublish,
      @Parameters(paramLabel = "SPACE") String name) {
    try (Api api = connection.open(Optional.of(tenant))) {
      ObjectNode body =
          api.object()
              .put("name", name)
              .put("acknowledge", acknowledge)
              .put("onDeniedPublish", onDeniedPublish);
      out().println(api.pretty(api.post(spaces(tenant), body)));
      out().flush();
    }
    return 0;
  }

  @Command(
      name = "delete",
      description = "Deletes a plain space that holds nothing.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Parameters(paramLabel = "SPACE") String name) {
    try (Api api = connection.open(Optional.of(tenant))) {
      api.delete(spaces(tenant) + "/" + Api.segment(name));
      out().println("deleted " + name);
      out().flush();
    }
    return 0;
  }
}
