package io.sallyport.platform.audit;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * SHA-256 over the canonical form of a record: a version text, then every member in fixed order,
 * text as length and UTF-8, options as a flag and their value, maps as their size and entries by
 * ascending key. No two records share a form.
 */
final class AuditHash {
  static final String NONE = "0".repeat(64);
  private static final String VERSION = "sallyport-audit-1";

  private AuditHash() {}

  static String of(long sequence, Instant time, AuditEntry entry, String previousHash) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      text(out, VERSION);
      option(out, entry.tenant().map(Object::toString));
      out.writeLong(sequence);
      out.writeLong(time.getEpochSecond());
      out.writeInt(time.getNano());
      text(out, entry.actor());
      text(out, entry.action());
      text(out, entry.target());
      text(out, entry.outcome().name());
      option(out, entry.refusal().map(Object::toString));
      Map<String, String> details = new TreeMap<>(entry.details());
      out.writeInt(details.size());
      for (Map.Entry<String, String> detail : details.entrySet()) {
        text(out, detail.getKey());
        text(out, detail.getValue());
      }
      text(out, previousHash);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(sha256().digest(bytes.toByteArray()));
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static void option(DataOutputStream out, Optional<String> text) throws IOException {
    out.writeBoolean(text.isPresent());
    if (text.isPresent()) {
      text(out, text.get());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
