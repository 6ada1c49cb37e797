package io.sallyport.server.cli;

import io.sallyport.server.cli.Administration.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tenants of the installation; needs an operator's key. */
@Command(
    name = "tenant",
    description = "List, create, suspend, resume and delete tenants.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class TenantCommand {
  private static final String TENANTS = "/api/v1/tenants";

  @Spec @Nullable CommandSpec spec;

  private static String path(String id) {
    return TENANTS + "/" + Api.segment(id);
  }

  @Command(name = "list", description = "All tenants.", mixinStandardHelpOptions = true)
  int list(@Mixin Connection connection) {
    return Administration.of(spec, connection)
        .list(
            TENANTS,
            Column.text("ID", "id"),
            Column.text("NAME", "name"),
            Column.text("STATUS", "status"),
            Column.text("CREATED", "created"));
  }

  @Command(name = "create", description = "Creates a tenant.", mixinStandardHelpOptions = true)
  int create(
      @Mixin Connection connection,
      @Parameters(paramLabel = "ID", description = "Six characters a-z or 0-9.") String id,
      @Option(names = "--name", paramLabel = "TEXT", description = "Display name.")
          @Nullable String name) {
    return Administration.of(spec, connection)
        .show(api ->
            api.post(TENANTS, api.object().put("id", id).put("name", name == null ? id : name)));
  }

  @Command(name = "show", description = "One tenant.", mixinStandardHelpOptions = true)
  int show(@Mixin Connection connection, @Parameters(paramLabel = "ID") String id) {
    return Administration.of(spec, connection).show(api -> api.get(path(id)));
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
    return Administration.of(spec, connection)
        .show(api -> api.patch(path(id), api.object().put("status", status)));
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
    return Administration.of(spec, connection).delete(path(id), id);
  }
}
