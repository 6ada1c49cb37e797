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

/** Credentials of a plain space. */
@Command(
    name = "credential",
    description = "List, create and delete the credentials of a plain space.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class CredentialCommand {
  @Spec @Nullable CommandSpec spec;

  private PrintWriter out() {
    return Output.of(spec);
  }

  private static String credentials(String tenant, String space) {
    return SpaceCommand.spaces(tenant) + "/" + Api.segment(space) + "/credentials";
  }

  @Command(name = "list", description = "All credentials.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Option(names = "--space", required = true, paramLabel = "SPACE") String space) {
    try (Api api = connection.open(Optional.of(tenant))) {
      Table table = new Table("USER", "CLIENT IDS", "RULES", "ENABLED", "CREATED");
      api.list(
          credentials(tenant, space),
          credential ->
              table.row(
                  credential.path("user").asString(""),
                  credential.path("clientIds").asString(""),
                  Integer.toString(credential.path("rules").size()),
                  String.valueOf(credential.path("enabled").asBoolean(true)),
                  credential.path("created").asString("")));
      table.print(out());
    }
    return 0;
  }

  @Command(
      name = "create",
      description = "Makes a credential and prints its password, this once.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Option(names = "--space", required = true, paramLabel = "SPACE") String space,
      @Option(
              names = "--client-ids",
              paramLabel = "RULE",
              description = "any, prefix:TEXT or exact:TEXT (default: prefix:USER-).")
          @Nullable String clientIds,
      @Option(
              names = "--rule",
              paramLabel = "RULE",
              description =
                  "allow|deny publish|subscribe|both FILTER; may be repeated, the first that"
                      + " matches wins; without any, everything is denied.")
          @Nullable List<String> rules,
      @Parameters(paramLabel = "USER") String user) {
    try (Api api = connection.open(Optional.of(tenant))) {
      ObjectNode body = api.object().put("user", user);
      if (clientIds != null) {
        body.put("clientIds", clientIds);
      }
      ArrayNode texts = body.putArray("rules");
      if (rules != null) {
        rules.forEach(texts::add);
      }
      out().println(api.pretty(api.post(credentials(tenant, space), body)));
      out().flush();
    }
    return 0;
  }

  @Command(
      name = "delete",
      description = "Deletes a credential; its connections and sessions end.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Option(names = "--space", required = true, paramLabel = "SPACE") String space,
      @Parameters(paramLabel = "USER") String user) {
    try (Api api = connection.open(Optional.of(tenant))) {
      api.delete(credentials(tenant, space) + "/" + Api.segment(user));
      out().println("deleted " + user);
      out().flush();
    }
    return 0;
  }
}
