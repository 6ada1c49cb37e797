package io.sallyport.server.cli;

import io.sallyport.server.cli.Administration.Column;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
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

  private static String keys(String tenant) {
    return "/api/v1/tenants/" + Api.segment(tenant) + "/api-keys";
  }

  @Command(name = "list", description = "All API keys.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant) {
    return Administration.of(spec, connection, tenant)
        .list(
            keys(tenant),
            Column.text("KEY", "key"),
            new Column("ROLES", KeyCommand::roles),
            Column.flag("ENABLED", "enabled"),
            Column.text("COMMENT", "comment"),
            Column.text("CREATED", "created"));
  }

  private static String roles(JsonNode key) {
    return key.path("roles")
        .valueStream()
        .map(role -> role.asString(""))
        .collect(Collectors.joining(","));
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
    return Administration.of(spec, connection, tenant)
        .show(api -> {
          ObjectNode body = api.object().put("comment", comment);
          roles.forEach(body.putArray("roles")::add);
          return api.post(keys(tenant), body);
        });
  }

  @Command(
      name = "delete",
      description = "Deletes an API key and ends its connections.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Parameters(paramLabel = "KEY") String key) {
    return Administration.of(spec, connection, tenant)
        .delete(keys(tenant) + "/" + Api.segment(key), key);
  }
}
