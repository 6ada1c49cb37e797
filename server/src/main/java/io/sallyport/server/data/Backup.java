package io.sallyport.server.data;

import io.sallyport.platform.base.JournalPosition;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.tenant.SealedOutputStream;
import io.sallyport.platform.tenant.SealedPurpose;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Copies a running installation into one file, encrypted to a passphrase (THREATS T02). The master
 * key and the revocation journal are never in it: they live in the key folder.
 */
public final class Backup {
  private final DataFolder data;
  private final Consumer<Path> registryCopy;
  private final Consumer<Path> logCheckpoint;
  private final Supplier<JournalPosition> journal;
  private final Clock clock;
  private final SecureRandom random;

  /**
   * @param registryCopy writes a consistent copy of the registry to the new file it is given
   * @param logCheckpoint writes a consistent copy of the log to the new folder it is given
   * @param journal position of the revocation journal before every entry whose commit a copy that
   *     begins now may miss
   */
  public Backup(
      DataFolder data,
      Consumer<Path> registryCopy,
      Consumer<Path> logCheckpoint,
      Supplier<JournalPosition> journal,
      Clock clock,
      SecureRandom random) {
    this.data = data;
    this.registryCopy = registryCopy;
    this.logCheckpoint = logCheckpoint;
    this.journal = journal;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Writes the backup to a new file of mode 0600, complete or not at all.
   *
   * @throws ProblemException {@code ALREADY_EXISTS}, {@code STORAGE_FULL} or {@code STORAGE_FAILED}
   */
  public void write(Path target, Secret passphrase) {
    if (Files.exists(target)) {
      throw new Problem(Problem.Code.ALREADY_EXISTS, target + " exists already").asException();
    }
    Instant created = clock.instant();
    JournalPosition from = journal.get();
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    try {
      Path copy = Files.createTempDirectory(data.temporary(), "backup-");
      try {
        copyInto(copy);
        BackupManifest manifest =
            new BackupManifest(DataFolder.LAYOUT_VERSION, created, from.text(), items(copy));
        Files.deleteIfExists(partial);
        Files.createFile(
            partial,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        seal(copy, manifest, partial, passphrase);
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(target.toAbsolutePath().resolveSibling(""));
      } finally {
        DataFolder.deleteTree(copy);
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw new ProblemException(
          new Problem(Problem.Code.STORAGE_FAILED, "can't write the backup " + target + ": " + e),
          e);
    }
  }

  /**
   * Registry first, then the log: what the log has beyond the registry is unreachable, not wrong.
   */
  private void copyInto(Path copy) throws IOException {
    Files.copy(data.root().resolve("VERSION"), copy.resolve("VERSION"));
    registryCopy.accept(copy.resolve(data.root().relativize(data.registryFile())));
    logCheckpoint.accept(copy.resolve(data.root().relativize(data.logFolder())));
    for (Path file : List.of(data.caFile(), data.sealedCa())) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
    // The keys last: every key that the copies above need is there by now.
    Path keys = Files.createDirectory(copy.resolve(data.wrappedKeys().getFileName()));
    try (Stream<Path> files = Files.list(data.wrappedKeys())) {
      for (Path file : files.filter(Backup::isWrappedKeyFile).toList()) {
        Files.copy(file, keys.resolve(file.getFileName()));
      }
    }
  }

  private static boolean isWrappedKeyFile(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file) && !name.endsWith(".lock") && !name.endsWith(".tmp");
  }

  private static List<BackupManifest.Item> items(Path copy) throws IOException {
    List<BackupManifest.Item> items = new ArrayList<>();
    try (Stream<Path> files = Files.walk(copy)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        items.add(
            new BackupManifest.Item(
                copy.relativize(file).toString(), Files.size(file), sha256(file)));
      }
    }
    return items;
  }

  private void seal(Path copy, BackupManifest manifest, Path target, Secret passphrase)
      throws IOException {
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
      OutputStream file =
          new BufferedOutputStream(java.nio.channels.Channels.newOutputStream(channel));
      SealedOutputStream sealed =
          new SealedOutputStream(keepOpen(file, channel), SealedPurpose.BACKUP, passphrase, random);
      try (ZipOutputStream zip = new ZipOutputStream(sealed)) {
        zip.setLevel(Deflater.BEST_SPEED);
        zip.putNextEntry(new ZipEntry(BackupManifest.NAME));
        zip.write(JsonMapper.builder().build().writeValueAsBytes(manifest));
        zip.closeEntry();
        for (BackupManifest.Item item : manifest.files()) {
          zip.putNextEntry(new ZipEntry(item.name()));
          Files.copy(copy.resolve(item.name()), zip);
          zip.closeEntry();
        }
      }
    }
  }

  /** Closing the sealed stream makes the file durable before its channel closes. */
  private static OutputStream keepOpen(OutputStream file, FileChannel channel) {
    return new java.io.FilterOutputStream(file) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        out.flush();
        channel.force(true);
      }
    };
  }

  static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static void syncFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("can't sync " + folder, e);
    }
  }
}
