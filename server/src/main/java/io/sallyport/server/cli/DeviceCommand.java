package io.sallyport.server.cli;

import io.sallyport.server.cli.Administration.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Devices of a tenant. */
@Command(
    name = "device",
    description = "List, create, show, disable and delete devices; replace their tokens.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class DeviceCommand {
  @Spec @Nullable CommandSpec spec;

  /** Which device. */
  static final class Name {
    @Option(names = "--tenant", required = true, paramLabel = "ID", description = "The tenant.")
    String tenant = "";

    @Parameters(index = "0", paramLabel = "TYPE")
    String type = "";

    @Parameters(index = "1", paramLabel = "DEVICE")
    String device = "";

    String path() {
      return devices(tenant) + "/" + Api.segment(type) + "/" + Api.segment(device);
    }
  }

  private static String devices(String tenant) {
    return "/api/v1/tenants/" + Api.segment(tenant) + "/devices";
  }

  @Command(name = "list", description = "All devices.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Connection connection,
      @Option(names = "--tenant", required = true, paramLabel = "ID") String tenant,
      @Option(names = "--type", paramLabel = "TYPE", description = "Only this type.")
          @Nullable String type) {
    return Administration.of(spec, connection, tenant)
        .list(
            devices(tenant) + "?limit=1000" + (type == null ? "" : "&type=" + Api.segment(type)),
            Column.text("TYPE", "type"),
            Column.text("DEVICE", "id"),
            Column.flag("ENABLED", "enabled"),
            Column.text("REGISTERED", "registered"));
  }

  @Command(
      name = "create",
      description = "Registers a device and prints its token, this once.",
      mixinStandardHelpOptions = true)
  int create(@Mixin Connection connection, @Mixin Name name) {
    return Administration.of(spec, connection, name.tenant)
        .show(api ->
            api.post(
                devices(name.tenant), api.object().put("type", name.type).put("id", name.device)));
  }

  @Command(name = "show", description = "One device.", mixinStandardHelpOptions = true)
  int show(@Mixin Connection connection, @Mixin Name name) {
    return Administration.of(spec, connection, name.tenant).show(api -> api.get(name.path()));
  }

  @Command(
      name = "token",
      description = "Replaces the device's token, ends its connection, prints the new one once.",
      mixinStandardHelpOptions = true)
  int token(@Mixin Connection connection, @Mixin Name name) {
    return Administration.of(spec, connection, name.tenant)
        .show(api -> api.post(name.path() + "/credentials", api.object()));
  }

  @Command(
      name = "disable",
      description = "Refuses the device's logins and ends its connection.",
      mixinStandardHelpOptions = true)
  int disable(@Mixin Connection connection, @Mixin Name name) {
    return enabled(connection, name, false);
  }

  @Command(
      name = "enable",
      description = "Lets a disabled device log in again.",
      mixinStandardHelpOptions = true)
  int enable(@Mixin Connection connection, @Mixin Name name) {
    return enabled(connection, name, true);
  }

  private int enabled(Connection connection, Name name, boolean enabled) {
    return Administration.of(spec, connection, name.tenant)
        .show(api -> api.patch(name.path(), api.object().put("enabled", enabled)));
  }

  @Command(
      name = "delete",
      description = "Deletes the device with its history and waiting commands.",
      mixinStandardHelpOptions = true)
  int delete(@Mixin Connection connection, @Mixin Name name) {
    return Administration.of(spec, connection, name.tenant)
        .delete(name.path(), name.type + "/" + name.device);
  }
}
