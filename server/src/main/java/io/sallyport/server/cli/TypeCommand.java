package io.sallyport.server.cli;

import io.sallyport.server.cli.Administration.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Device types of a tenant. */
@Command(
    name = "type",
    description = "List, create and delete device types.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class TypeCommand {
  @Spec @Nullable CommandSpec spec;

  private static String types(String tenant) {
    return "/api/v1/tenants/" + Api.segment(tenant) + "/device-types";
  }

  @Command(name = "list", description = "All types.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant) {
    return Administration.of(spec, connection, tenant)
        .list(
            types(tenant),
            Column.text("ID", "id"),
            Column.text("CLASS", "class"),
            Column.text("DESCRIPTION", "description"));
  }

  @Command(name = "create", description = "Creates a type.", mixinStandardHelpOptions = true)
  int create(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Option(names = "--gateway", description = "Its devices may speak for others.")
          boolean gateway,
      @Option(names = "--description", paramLabel = "TEXT", defaultValue = "") String description,
      @Parameters(paramLabel = "TYPE") String type) {
    return Administration.of(spec, connection, tenant)
        .show(api ->
            api.post(
                types(tenant),
                api.object()
                    .put("id", type)
                    .put("class", gateway ? "gateway" : "device")
                    .put("description", description)));
  }

  @Command(
      name = "delete",
      description = "Deletes a type that has no devices.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Parameters(paramLabel = "TYPE") String type) {
    return Administration.of(spec, connection, tenant)
        .delete(types(tenant) + "/" + Api.segment(type), type);
  }
}
