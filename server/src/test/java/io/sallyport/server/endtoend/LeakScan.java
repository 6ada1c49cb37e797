package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Looks for secrets in files: as they are, in hexadecimal, in Base64 at any offset, in UTF-16. */
final class LeakScan {
  /** Form by what it says about itself; both are strings of bytes. */
  private final Map<String, String> needles = new LinkedHashMap<>();

  /**
   * @param name what a finding is called
   * @param secret long and random enough to be found by no chance
   */
  LeakScan lookFor(String name, byte[] secret) {
    needles.put(name + ", raw", new String(secret, ISO_8859_1));
    String hex = HexFormat.of().formatHex(secret);
    needles.put(name + ", hex", hex);
    needles.put(name + ", upper-case hex", hex.toUpperCase(Locale.ROOT));
    for (int shift = 0; shift < 3; shift++) {
      // The characters that depend on nothing but the secret.
      byte[] shifted = new byte[shift + secret.length];
      System.arraycopy(secret, 0, shifted, shift, secret.length);
      int from = (8 * shift + 5) / 6;
      int to = 8 * shifted.length / 6;
      needles.put(
          name + ", Base64 at offset " + shift,
          Base64.getEncoder().encodeToString(shifted).substring(from, to));
      needles.put(
          name + ", URL Base64 at offset " + shift,
          Base64.getUrlEncoder().encodeToString(shifted).substring(from, to));
    }
    return this;
  }

  LeakScan lookFor(String name, String secret) {
    lookFor(name, secret.getBytes(UTF_8));
    needles.put(name + ", UTF-16", new String(secret.getBytes(UTF_16BE), ISO_8859_1));
    needles.put(name + ", little-endian UTF-16", new String(secret.getBytes(UTF_16LE), ISO_8859_1));
    return this;
  }

  /** Findings as {@code file: form}; files that vanish meanwhile are passed over. */
  List<String> in(Path file) {
    List<String> found = new ArrayList<>();
    try {
      String content = new String(Files.readAllBytes(file), ISO_8859_1);
      needles.forEach((form, needle) -> {
        int at = content.indexOf(needle);
        if (at >= 0) {
          found.add(file + " at " + at + ": " + form);
        }
      });
    } catch (NoSuchFileException gone) {
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** The same for every regular file below the folder. */
  List<String> below(Path folder) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found.addAll(in(file));
      }
    }
    return found;
  }
}
