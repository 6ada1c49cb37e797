package io.sallyport.server.data;

import io.sallyport.platform.base.JournalPosition;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.tenant.SealedInputStream;
import io.sallyport.platform.tenant.SealedPurpose;
import io.sallyport.server.config.ConfigurationProblem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Brings a backup back into a new data folder. What was taken away since the backup stays away: the
 * next start applies the revocation journal of the key folder, and where there is none, refuses
 * until an operator accepts the gap (THREATS T05).
 */
public final class Restore {
  /**
   * Holds time and journal position of the backup until the start after the restore has applied the
   * journal.
   */
  static final String MARKER = "RESTORED";

  private static final String ACCEPTED = "RESTORED.gap-accepted";

  private Restore() {}

  /**
   * The backup that a folder was restored from.
   *
   * @param journal from where on the revocation journal counts; empty if the backup does not say
   */
  public record Origin(Instant created, Optional<JournalPosition> journal) {
    static Origin of(BackupManifest manifest) {
      return new Origin(
          manifest.created(), Optional.ofNullable(manifest.journal()).map(JournalPosition::parse));
    }

    String text() {
      return created + "\n" + journal.map(position -> position.text() + "\n").orElse("");
    }

    static Origin parse(List<String> lines) {
      return new Origin(
          Instant.parse(lines.getFirst().strip()),
          lines.stream().skip(1).findFirst().map(String::strip).map(JournalPosition::parse));
    }
  }

  /** The backup that a folder was restored from, if that is still to be dealt with. */
  public static Optional<Origin> pending(DataFolder data) throws IOException {
    Path marker = data.root().resolve(MARKER);
    return Files.exists(marker)
        ? Optional.of(Origin.parse(Files.readAllLines(marker)))
        : Optional.empty();
  }

  /** Whether an operator has said that he knows what may come back. */
  public static boolean gapAccepted(DataFolder data) {
    return Files.exists(data.root().resolve(ACCEPTED));
  }

  /** Notes that an operator accepts what may come back. */
  public static void acceptGap(DataFolder data) throws IOException {
    if (pending(data).isEmpty()) {
      throw new ConfigurationProblem("there is no restore to accept in " + data.root());
    }
    Files.writeString(data.root().resolve(ACCEPTED), "accepted\n");
  }

  /** Ends the restore: its consequences are applied. */
  public static void settled(DataFolder data) throws IOException {
    Files.deleteIfExists(data.root().resolve(MARKER));
    Files.deleteIfExists(data.root().resolve(ACCEPTED));
  }

  /**
   * Unpacks the backup into {@code target}, which must not exist; all of it or nothing.
   *
   * @return when the backup was made
   * @throws ConfigurationProblem wrong passphrase, damaged file, folder in the way
   */
  public static Instant unpack(Path backup, Path target, Secret passphrase) {
    Path root = target.toAbsolutePath().normalize();
    if (Files.exists(root)) {
      throw new ConfigurationProblem(
          root + " exists already; restore into a new folder, or move this one away");
    }
    Path partial = root.resolveSibling(root.getFileName() + ".restoring");
    try {
      if (Files.exists(partial)) {
        DataFolder.deleteTree(partial);
      }
      DataFolder.makePrivate(partial);
      BackupManifest manifest;
      try {
        manifest = unseal(backup, partial, passphrase);
        check(manifest, partial);
        DataFolder.writeDurably(partial.resolve(MARKER), Origin.of(manifest).text());
        sync(partial);
        Files.move(partial, root);
      } catch (IOException | RuntimeException e) {
        DataFolder.deleteTree(partial);
        throw e;
      }
      Backup.syncFolder(root.resolveSibling(""));
      return manifest.created();
    } catch (IOException e) {
      throw new ConfigurationProblem(
          "can't restore " + backup + ": " + e.getMessage() + " (nothing was changed)", e);
    }
  }

  private static void sync(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    }
  }

  private static BackupManifest unseal(Path backup, Path into, Secret passphrase)
      throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(backup));
        InputStream sealed = new SealedInputStream(file, SealedPurpose.BACKUP, passphrase);
        ZipInputStream zip = new ZipInputStream(sealed)) {
      @Nullable BackupManifest manifest = null;
      ZipEntry entry;
      while ((entry = zip.getNextEntry()) != null) {
        if (manifest == null) {
          if (!entry.getName().equals(BackupManifest.NAME)) {
            throw new IOException("it does not begin with a manifest");
          }
          manifest =
              JsonMapper.builder().build().readValue(zip.readAllBytes(), BackupManifest.class);
          if (manifest.layout() > DataFolder.LAYOUT_VERSION) {
            throw new IOException("it was written by a newer Sallyport");
          }
          continue;
        }
        Path file1 = into.resolve(entry.getName()).normalize();
        if (!file1.startsWith(into)) {
          throw new IOException("it names a file outside the folder");
        }
        Files.createDirectories(file1.getParent());
        Files.copy(zip, file1);
      }
      // Reads to the authenticated end: a truncated file fails here.
      sealed.transferTo(java.io.OutputStream.nullOutputStream());
      if (manifest == null) {
        throw new IOException("it is empty");
      }
      return manifest;
    }
  }

  private static void check(BackupManifest manifest, Path folder) throws IOException {
    Map<String, BackupManifest.Item> expected = new HashMap<>();
    manifest.files().forEach(item -> expected.put(item.name(), item));
    for (BackupManifest.Item item : manifest.files()) {
      Path file = folder.resolve(item.name());
      if (!Files.isRegularFile(file)
          || Files.size(file) != item.bytes()
          || !Backup.sha256(file).equals(item.sha256())) {
        throw new IOException("its file " + item.name() + " is missing or damaged");
      }
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!expected.containsKey(folder.relativize(file).toString())) {
          throw new IOException("it holds a file that its manifest does not name");
        }
      }
    }
  }
}
