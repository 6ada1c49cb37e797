package io.sallyport.server.cli;

import io.sallyport.server.cli.Administration.Column;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
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

/** API keys of a tenant, and the installation's own keys: their recovery copy, hash keys. */
@Command(
    name = "key",
    description = {
      "List, create and delete API keys; write a recovery copy of the master key; report, rotate",
      "and retire the keys that secrets are hashed under."
    },
    mixinStandardHelpOptions = true,
    subcommands = EscrowCommand.class,
    synopsisSubcommandLabel = "COMMAND")
final class KeyCommand {
  private static final String HASH_KEYS = "/api/v1/hash-keys";

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

  @Command(
      name = "report",
      description = "How many stored secrets rest on which hash key.",
      mixinStandardHelpOptions = true)
  int report(@Mixin Connection connection) {
    try (Api api = connection.open(Optional.empty())) {
      print(api.get(HASH_KEYS));
    }
    return 0;
  }

  @Command(
      name = "rotate",
      description = "Makes a new hash key; stored secrets move to it as they log in.",
      mixinStandardHelpOptions = true)
  int rotate(@Mixin Connection connection) {
    try (Api api = connection.open(Optional.empty())) {
      print(api.post(HASH_KEYS, api.object()));
    }
    return 0;
  }

  @Command(
      name = "retire",
      description = {
        "Retires an old hash key. Secrets still hashed under it can't log in again, so this is",
        "refused while there are any, unless --yes confirms that they shall be lost."
      },
      mixinStandardHelpOptions = true)
  int retire(
      @Mixin Connection connection,
      @Option(names = "--yes", description = "Lose the credentials that rest on it.")
          boolean confirmed,
      @Parameters(paramLabel = "NUMBER") int number) {
    try (Api api = connection.open(Optional.empty())) {
      api.delete(HASH_KEYS + "/" + number + "?confirmed=" + confirmed);
      out().println("retired hash key " + number);
      out().flush();
    }
    return 0;
  }

  private void print(JsonNode report) {
    Table table = new Table("HASH KEY", "HOLDERS", "SCHEME", "SECRETS", "");
    int newest = report.path("newest").asInt();
    for (JsonNode row : report.path("hashes")) {
      int key = row.path("key").asInt();
      table.row(
          Integer.toString(key),
          row.path("holder").asString(""),
          row.path("scheme").asString(""),
          row.path("count").asString(""),
          key == newest ? "" : "old");
    }
    table.print(out());
    out()
        .println(
            "newest: " + newest + "; on old keys: " + report.path("old").asLong() + " secrets");
    out().flush();
  }
}
