package io.sallyport.server.cli;

import io.sallyport.server.SallyportServer;
import io.sallyport.server.config.ConfigurationProblem;
import io.sallyport.server.data.DataFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a backup: by a running platform into its configured folder, or of a stopped one. */
@Command(
    name = "backup",
    description = {
      "Asks a running platform for a backup into its backup.folder, or with --data and --to writes",
      "one of a stopped installation. Backups are encrypted to a passphrase and never contain the",
      "master key."
    },
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;
  @Mixin Connection connection = new Connection();
  @Mixin Passphrase passphrase = new Passphrase();

  @Option(names = "--to", paramLabel = "FILE", description = "With --data: the new file.")
  @Nullable Path to;

  @Override
  public Integer call() {
    PrintWriter out = Output.of(spec);
    if (connection.data == null) {
      try (Api api = connection.open(Optional.empty())) {
        out.println(api.pretty(api.post("/api/v1/backup", api.object())));
      }
    } else {
      if (to == null) {
        throw new ConfigurationProblem("give --to FILE with --data");
      }
      try (DataFolder data = ProcessFolder.open(connection.data);
          SallyportServer server =
              SallyportServer.start(
                  OfflineInstallation.loopbackOnly(Optional.ofNullable(connection.config)),
                  data,
                  Optional.empty(),
                  out)) {
        server.backup(to, passphrase.read());
      }
      out.println("wrote " + to);
    }
    out.flush();
    return 0;
  }
}
