package io.sallyport.platform.tenant;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The installation's root secret: 32 random bytes kept outside the data folder (THREATS T02), from
 * which every other key descends. Does not print. Thread-safe.
 */
public final class MasterKey {
  public static final int BYTES = 32;

  /** The file's name within the key folder {@code <data>.keys}. */
  public static final String FILE_NAME = "master.key";

  private static final String FILE_PREFIX = "sallyport-master-key:1:";

  private final byte[] key;

  private MasterKey(byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException("a master key has 32 bytes");
    }
    this.key = key.clone();
  }

  /** A key given from outside, such as a systemd credential; 32 bytes. */
  public static MasterKey of(byte[] key) {
    return new MasterKey(key);
  }

  /**
   * Reads the text form that {@link #create} writes and operators keep in credentials.
   *
   * @throws ProblemException {@code INVALID} if the text is not a master key
   */
  public static MasterKey parse(Secret text) {
    String line = text.revealText().strip();
    if (line.startsWith(FILE_PREFIX)) {
      try {
        byte[] key = Base64.getUrlDecoder().decode(line.substring(FILE_PREFIX.length()));
        if (key.length == BYTES) {
          return new MasterKey(key);
        }
      } catch (IllegalArgumentException notBase64) {
        throw new ProblemException(notAKey(), notBase64);
      }
    }
    throw notAKey().asException();
  }

  /** Makes a new key without storing it. */
  public static MasterKey random(SecureRandom random) {
    byte[] key = new byte[BYTES];
    random.nextBytes(key);
    return new MasterKey(key);
  }

  /** Whether the key folder holds a master key. */
  public static boolean existsIn(Path keyFolder) {
    return Files.exists(keyFolder.resolve(FILE_NAME));
  }

  /**
   * Reads the key folder's master key.
   *
   * @throws ProblemException {@code STORAGE_FAILED} if it can't be read, {@code INVALID} if it is
   *     not a master key
   */
  public static MasterKey load(Path keyFolder) {
    Path file = keyFolder.resolve(FILE_NAME);
    try {
      return parse(Secret.of(Files.readAllBytes(file)));
    } catch (ProblemException notAKey) {
      throw new ProblemException(
          new Problem(Problem.Code.INVALID, file + " is not a master key"), notAKey);
    } catch (IOException unreadable) {
      throw failed("the master key " + file + " can't be read", unreadable);
    }
  }

  /**
   * Makes a new key and stores it durably in the key folder (0700, file 0600).
   *
   * @throws ProblemException {@code STORAGE_FAILED}, also if there is one already
   */
  public static MasterKey create(Path keyFolder, SecureRandom random) {
    MasterKey made = random(random);
    made.store(keyFolder);
    return made;
  }

  /**
   * The key of the folder, made if there is none. Where the data folder already has tenant keys, a
   * missing master key is not replaced: it would open nothing.
   *
   * @param tenantKeyFolder the folder given to {@link FileTenantKeys}
   * @throws ProblemException {@code STORAGE_FAILED} with a text that says what to do
   */
  public static MasterKey loadOrCreate(Path keyFolder, Path tenantKeyFolder, SecureRandom random) {
    if (existsIn(keyFolder)) {
      return load(keyFolder);
    }
    if (FileTenantKeys.existIn(tenantKeyFolder)) {
      throw new Problem(
              Problem.Code.STORAGE_FAILED,
              "the master key "
                  + keyFolder.resolve(FILE_NAME)
                  + " is missing, but "
                  + tenantKeyFolder
                  + " holds keys wrapped by it; bring it back, or restore it from its recovery"
                  + " copy")
          .asException();
    }
    return create(keyFolder, random);
  }

  /**
   * Restores the key from the recovery copy that {@link FileTenantKeys#escrow} wrote.
   *
   * @throws ProblemException {@code INVALID} if the passphrase is wrong or the file is no recovery
   *     copy, {@code STORAGE_FAILED} if it can't be read
   */
  public static MasterKey recover(Path escrowFile, Secret passphrase) {
    return new MasterKey(EscrowCopy.read(escrowFile, passphrase));
  }

  /** Stores this key durably in a key folder that has none yet (0700, file 0600). */
  public void store(Path keyFolder) {
    Path file = keyFolder.resolve(FILE_NAME);
    String text = FILE_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(key) + "\n";
    try {
      DurableFile.createFolder(keyFolder);
      DurableFile.create(file, text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException unwritable) {
      throw failed("the master key " + file + " can't be written", unwritable);
    }
  }

  /** Eight bytes in hexadecimal that name this key in messages and tell nothing about it. */
  public String fingerprint() {
    return HexFormat.of().formatHex(Arrays.copyOf(derive("fingerprint"), 8));
  }

  /** A key for one purpose; the same label always gives the same 32 bytes. */
  byte[] derive(String label) {
    return Hkdf.derive(key, label);
  }

  /** The key itself, for its recovery copy only. */
  byte[] revealBytes() {
    return key.clone();
  }

  @Override
  public String toString() {
    return "MasterKey[hidden]";
  }

  private static Problem notAKey() {
    return new Problem(Problem.Code.INVALID, "the text is not a master key");
  }

  private static ProblemException failed(String text, IOException cause) {
    return new ProblemException(
        new Problem(Problem.Code.STORAGE_FAILED, text + ": " + cause.getMessage()), cause);
  }
}
