package io.sallyport.simulator.access;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads logins from files and the environment, never from the command line, where other users of
 * the machine could see them. A file that others may read is refused.
 */
public final class CredentialFiles {
  /** Environment variables of the command line (DESIGN: {@code SALLYPORT_KEY}). */
  public static final String KEY_VARIABLE = "SALLYPORT_KEY";

  public static final String TOKEN_VARIABLE = "SALLYPORT_TOKEN";
  public static final String DEVICE_TOKEN_VARIABLE = "SALLYPORT_DEVICE_TOKEN";

  private CredentialFiles() {}

  /**
   * The devices of a file with one {@code type,id,token} per line; blank lines, lines from {@code
   * #} on and a heading line are passed over.
   *
   * @throws IOException when it can't be read, others may read it, or a line is malformed (the
   *     message has its number, not its text)
   */
  public static List<DeviceLogin> devices(Path file) throws IOException {
    requirePrivate(file);
    List<DeviceLogin> devices = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      number++;
      if (line.isBlank() || line.startsWith("#") || line.equals("type,id,token")) {
        continue;
      }
      String[] cells = line.strip().split(",", 3);
      try {
        devices.add(new DeviceLogin(cells[0], cells[1], Secret.of(cells[2])));
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw new IOException(file + " line " + number + ": expected type,id,token", e);
      }
    }
    return devices;
  }

  /**
   * The application of a file with {@code key=} and {@code token=} lines, or of the environment's
   * {@code SALLYPORT_KEY} and {@code SALLYPORT_TOKEN}; empty when neither is given.
   */
  public static Optional<ApplicationLogin> application(
      @Nullable Path file, Map<String, String> environment) throws IOException {
    String key = environment.get(KEY_VARIABLE);
    String token = environment.get(TOKEN_VARIABLE);
    if (file != null) {
      requirePrivate(file);
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        properties.load(reader);
      }
      key = properties.getProperty("key");
      token = properties.getProperty("token");
      if (key == null || token == null) {
        throw new IOException(file + ": expected the lines key=… and token=…");
      }
    }
    return key == null || token == null
        ? Optional.empty()
        : Optional.of(new ApplicationLogin(key, Secret.of(token)));
  }

  private static void requirePrivate(Path file) throws IOException {
    if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
      return;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.GROUP_READ)) {
      throw new IOException(file + " holds secrets and others may read it: chmod 600 " + file);
    }
  }
}
