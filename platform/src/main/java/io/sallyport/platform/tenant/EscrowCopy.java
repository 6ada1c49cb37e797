package io.sallyport.platform.tenant;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/** The master key's recovery copy: the 32 bytes as a {@link SealedOutputStream sealed stream}. */
final class EscrowCopy {
  private EscrowCopy() {}

  static void write(Path file, MasterKey key, Secret passphrase, SecureRandom random) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      try (SealedOutputStream sealed =
          new SealedOutputStream(bytes, SealedPurpose.ESCROW, passphrase, random)) {
        sealed.write(key.revealBytes());
      }
      DurableFile.create(file, bytes.toByteArray());
    } catch (IOException unwritable) {
      throw new ProblemException(
          new Problem(
              Problem.Code.STORAGE_FAILED,
              "the recovery copy " + file + " can't be written: " + unwritable.getMessage()),
          unwritable);
    }
  }

  static byte[] read(Path file, Secret passphrase) {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw new ProblemException(
          new Problem(
              Problem.Code.STORAGE_FAILED,
              "the recovery copy " + file + " can't be read: " + unreadable.getMessage()),
          unreadable);
    }
    try (SealedInputStream sealed =
        new SealedInputStream(
            new ByteArrayInputStream(content), SealedPurpose.ESCROW, passphrase)) {
      byte[] key = sealed.readAllBytes();
      if (key.length == MasterKey.BYTES) {
        return key;
      }
    } catch (IOException refused) {
      throw new ProblemException(
          new Problem(
              Problem.Code.INVALID,
              file + " does not open: wrong passphrase, or not a recovery copy"),
          refused);
    }
    throw new Problem(Problem.Code.INVALID, file + " is not a recovery copy").asException();
  }
}
