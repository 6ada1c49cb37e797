package io.sallyport.server.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** API keys of a tenant, and the recovery copy of the installation's own keys. */
@Command(
    name = "key",
    description = "List, create and delete API keys; write a recovery copy of the master key.",
    mixinStandardHelpOptions = true,
    subcommands = EscrowCommand.class,
    synopsisSubcommandLabel = "COMMAND")
final class KeyCommand {
  @Spec @Nullable CommandSpec spec;

  private PrintWriter out() {
    return Output.of(spec);
  }

  private static String keys(String tenant) {
    return "/api/v1/tenants/" + Api.segment(tenant) + "/api-keys";
  }

  @Command(name = "list", description = "All API keys.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant) {
    try (Api api = connection.open(Optional.of(tenant))) {
      Table table = new Table("KEY", "ROLES", "ENABLED", "COMMENT", "CREATED");
      api.list(
          keys(tenant),
          key -> {
            StringBuilder roles = new StringBuilder();
            key.path("roles")
                .forEach(
                    role -> roles.append(roles.isEmpty() ? "" : ",").append(role.asString("")));
            table.row(
                key.path("key").asString(""),
                roles.toString(),
                String.valueOf(key.path("enabled").asBoolean(true)),
                key.path("comment").asString(""),
                key.path("created").asString(""));
          });
      table.print(out());
    }
    return 0;
  }

  @Command(
      name = "create",
      description = "Makes an API key and prints its token, this once.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              defaultValue = "PD_STANDARD_APP",
              description = "May be repeated (default: ${DEFAULT-VALUE}).")
          List<String> roles,
      @Option(names = "--comment", paramLabel = "TEXT", defaultValue = "") String comment) {
    try (Api api = connection.open(Optional.of(tenant))) {
      ObjectNode body = api.object().put("comment", comment);
      ArrayNode names = body.putArray("roles");
      roles.forEach(names::add);
      out().println(api.pretty(api.post(keys(tenant), body)));
      out().flush();
    }
    return 0;
  }

  @Command(
      name = "delete",
      description = "Deletes an API key and ends its connections.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Parameters(paramLabel = "KEY") String key) {
    try (Api api = connection.open(Optional.of(tenant))) {
      api.delete(keys(tenant) + "/" + Api.segment(key));
      out().println("deleted " + key);
      out().flush();
    }
    return 0;
  }
}
