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

/** Tenants of the installation; needs an operator's key. */
@Command(
    name = "tenant",
    description = "List, create, suspend, resume and delete tenants.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class TenantCommand {
  private static final String TENANTS = "/api/v1/tenants";

  @Spec @Nullable CommandSpec spec;

  private PrintWriter out() {
    return Output.of(spec);
  }

  @Command(name = "list", description = "All tenants.", mixinStandardHelpOptions = true)
  int list(@Mixin Connection connection) {
    try (Api api = connection.open(Optional.empty())) {
      Table table = new Table("ID", "NAME", "STATUS", "CREATED");
      api.list(
          TENANTS,
          tenant ->
              table.row(
                  tenant.path("id").asString(""),
                  tenant.path("name").asString(""),
                  tenant.path("status").asString(""),
                  tenant.path("created").asString("")));
      table.print(out());
    }
    return 0;
  }

  @Command(name = "create", description = "Creates a tenant.", mixinStandardHelpOptions = true)
  int create(
      @Mixin Connection connection,
      @Parameters(paramLabel = "ID", description = "Six characters a-z or 0-9.") String id,
      @Option(names = "--name", paramLabel = "TEXT", description = "Display name.")
          @Nullable String name) {
    try (Api api = connection.open(Optional.empty())) {
      ObjectNode body = api.object().put("id", id).put("name", name == null ? id : name);
      out().println(api.pretty(api.post(TENANTS, body)));
      out().flush();
    }
    return 0;
  }

  @Command(name = "show", description = "One tenant.", mixinStandardHelpOptions = true)
  int show(@Mixin Connection connection, @Parameters(paramLabel = "ID") String id) {
    try (Api api = connection.open(Optional.empty())) {
      out().println(api.pretty(api.get(TENANTS + "/" + Api.segment(id))));
      out().flush();
    }
    return 0;
  }

  @Command(
      name = "suspend",
      description = "Refuses all logins of the tenant and ends its connections.",
      mixinStandardHelpOptions = true)
  int suspend(@Mixin Connection connection, @Parameters(paramLabel = "ID") String id) {
    return status(connection, id, "suspended");
  }

  @Command(
      name = "resume",
      description = "Lets a suspended tenant log in again.",
      mixinStandardHelpOptions = true)
  int resume(@Mixin Connection connection, @Parameters(paramLabel = "ID") String id) {
    return status(connection, id, "active");
  }

  private int status(Connection connection, String id, String status) {
    try (Api api = connection.open(Optional.empty())) {
      ObjectNode body = api.object().put("status", status);
      out().println(api.pretty(api.patch(TENANTS + "/" + Api.segment(id), body)));
      out().flush();
    }
    return 0;
  }

  @Command(
      name = "delete",
      description = {
        "Deletes the tenant. Its keys are destroyed first: its content is unreadable at once here,",
        "and in backups when the key backups' retention is over. The id can't be taken again."
      },
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin Connection connection,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--yes", required = true, description = "Confirms the deletion.")
          boolean yes) {
    try (Api api = connection.open(Optional.empty())) {
      api.delete(TENANTS + "/" + Api.segment(id));
      out().println("deleted " + id);
      out().flush();
    }
    return 0;
  }
}
