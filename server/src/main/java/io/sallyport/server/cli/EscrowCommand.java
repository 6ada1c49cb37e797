package io.sallyport.server.cli;

import io.sallyport.platform.tenant.FileTenantKeys;
import io.sallyport.platform.tenant.MasterKey;
import io.sallyport.server.data.DataFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a recovery copy of the master key, encrypted to a passphrase (THREATS T02). */
@Command(
    name = "escrow",
    description = {
      "Writes a recovery copy of a stopped installation's master key, encrypted to a passphrase.",
      "Keep it elsewhere: without the master key the data can't be read."
    },
    mixinStandardHelpOptions = true)
final class EscrowCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;
  @Mixin Passphrase passphrase = new Passphrase();

  @Option(names = "--data", required = true, paramLabel = "DIR")
  Path data = Path.of("data");

  @Option(names = "--to", required = true, paramLabel = "FILE", description = "The new file.")
  Path to = Path.of("master-key.escrow");

  @Override
  public Integer call() {
    PrintWriter out = Output.of(spec);
    try (DataFolder folder = DataFolder.open(data);
        FileTenantKeys keys =
            new FileTenantKeys(
                folder.wrappedKeys(),
                MasterKey.load(folder.keys()),
                Clock.systemUTC(),
                new SecureRandom())) {
      keys.escrow(to, passphrase.read());
    }
    out.println("wrote the recovery copy " + to);
    out.flush();
    return 0;
  }
}
