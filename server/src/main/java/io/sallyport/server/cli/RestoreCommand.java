package io.sallyport.server.cli;

import io.sallyport.platform.tenant.MasterKey;
import io.sallyport.server.config.ConfigurationProblem;
import io.sallyport.server.data.DataFolder;
import io.sallyport.server.data.Restore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings a backup back. */
@Command(
    name = "restore",
    description = {
      "Restores a backup into a new data folder, or accepts what a restore without the journal of",
      "revocations may bring back."
    },
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;
  @Mixin Passphrase passphrase = new Passphrase();

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The new data folder. Its key folder DIR.keys must hold the master key.")
  Path data = Path.of("data");

  @Option(names = "--from", paramLabel = "FILE", description = "The backup.")
  @Nullable Path from;

  @Option(
      names = "--master-key-from",
      paramLabel = "FILE",
      description = "A recovery copy of the master key, for a machine that has lost it.")
  @Nullable Path escrow;

  @Option(
      names = "--accept-gap",
      description =
          "Accepts that what was revoked or deleted between the backup and now may come back.")
  boolean acceptGap;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Output.of(spec);
    if (escrow != null) {
      recoverMasterKey(escrow, out);
    }
    if (from != null) {
      Instant made = Restore.unpack(from, data, passphrase.read());
      out.println("restored the state of " + made + " into " + data);
      Path keys = DataFolder.keyFolder(data);
      if (!MasterKey.existsIn(keys)) {
        out.println(
            "the master key is missing: put it into "
                + keys
                + ", or restore it with"
                + " --master-key-from");
      }
    }
    if (acceptGap) {
      try (DataFolder folder = DataFolder.open(data)) {
        Restore.acceptGap(folder);
      }
      out.println("accepted; the next start goes on");
    }
    if (escrow == null && from == null && !acceptGap) {
      throw new ConfigurationProblem("give --from FILE, --master-key-from FILE or --accept-gap");
    }
    out.flush();
    return 0;
  }

  private void recoverMasterKey(Path copy, PrintWriter out) throws IOException {
    Path keys = DataFolder.keyFolder(data);
    if (MasterKey.existsIn(keys)) {
      throw new ConfigurationProblem(keys + " holds a master key already");
    }
    MasterKey master = MasterKey.recover(copy, passphrase.read());
    Files.createDirectories(keys.toAbsolutePath().getParent());
    master.store(keys);
    out.println("restored the master key into " + keys);
  }
}
