package io.sallyport.platform.tenant;

import io.sallyport.platform.base.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The wrapped tenant keys, in a small file of their own that is rewritten whole (THREATS T04).
 *
 * <p>Form: magic 8 | version 1 | check value of the master key 16 | count 4 | entries, by number:
 * tenant 4, state 1, wrapped key 40 | HMAC-SHA-256 32. A shredded tenant's entry stays, with zeros,
 * so that its number never gets a key again.
 */
final class TenantKeyFile {
  static final String FILE_NAME = "tenant.keys";

  private static final byte[] MAGIC = {'S', 'P', 'T', 'E', 'N', 'K', 'E', 'Y'};
  private static final byte VERSION = 1;
  private static final int CHECK_BYTES = 16;
  private static final int HEADER_BYTES = MAGIC.length + 1 + CHECK_BYTES + 4;
  private static final int ENTRY_BYTES = 4 + 1 + KeyWrap.WRAPPED_BYTES;
  private static final int MAC_BYTES = 32;
  private static final byte LIVE = 1;
  private static final byte SHREDDED = 2;

  private final Path file;
  private final MasterKey master;
  private final byte[] wrappingKey;

  TenantKeyFile(Path folder, MasterKey master) {
    this.file = folder.resolve(FILE_NAME);
    this.master = master;
    this.wrappingKey = master.derive("wrap");
  }

  /** Tenant keys by number; empty for a shredded tenant. */
  Map<Integer, Optional<byte[]>> load() {
    if (!Files.exists(file)) {
      return Map.of();
    }
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw KeyFaults.unreadable(file, unreadable);
    }
    if (content.length < HEADER_BYTES + MAC_BYTES
        || !Arrays.equals(content, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw KeyFaults.damaged(file, "no header");
    }
    if (content[MAGIC.length] > VERSION) {
      throw KeyFaults.newer(file, content[MAGIC.length]);
    }
    byte[] check = Arrays.copyOfRange(content, MAGIC.length + 1, MAGIC.length + 1 + CHECK_BYTES);
    if (!MessageDigest.isEqual(check, checkValue())) {
      throw new Problem(
              Problem.Code.STORAGE_FAILED,
              "the master key with fingerprint "
                  + master.fingerprint()
                  + " is not the one that "
                  + file
                  + " was written under; give the right key, or restore it from its recovery copy")
          .asException();
    }
    int body = content.length - MAC_BYTES;
    if (!MessageDigest.isEqual(
        mac(Arrays.copyOf(content, body)), Arrays.copyOfRange(content, body, content.length))) {
      throw KeyFaults.damaged(file, "wrong checksum");
    }
    return entries(ByteBuffer.wrap(content, HEADER_BYTES - 4, body - HEADER_BYTES + 4));
  }

  /** Replaces the file; durable on return. */
  void store(Map<Integer, Optional<byte[]>> keys) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + keys.size() * ENTRY_BYTES + MAC_BYTES);
    content.put(MAGIC).put(VERSION).put(checkValue()).putInt(keys.size());
    for (Map.Entry<Integer, Optional<byte[]>> entry : new TreeMap<>(keys).entrySet()) {
      Optional<byte[]> key = entry.getValue();
      content.putInt(entry.getKey()).put(key.isPresent() ? LIVE : SHREDDED);
      content.put(
          key.map(bytes -> KeyWrap.wrap(wrappingKey, label(entry.getKey()), bytes))
              .orElseGet(() -> new byte[KeyWrap.WRAPPED_BYTES]));
    }
    content.put(mac(Arrays.copyOf(content.array(), content.position())));
    DurableFile.replace(file, content.array());
  }

  Path path() {
    return file;
  }

  private Map<Integer, Optional<byte[]>> entries(ByteBuffer content) {
    int count = content.getInt();
    if (count < 0 || content.remaining() != (long) count * ENTRY_BYTES) {
      throw KeyFaults.damaged(file, "wrong length");
    }
    Map<Integer, Optional<byte[]>> keys = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int tenant = content.getInt();
      byte state = content.get();
      byte[] wrapped = new byte[KeyWrap.WRAPPED_BYTES];
      content.get(wrapped);
      Optional<byte[]> key = Optional.empty();
      if (state == LIVE) {
        key = KeyWrap.unwrap(wrappingKey, label(tenant), wrapped);
        if (key.isEmpty()) {
          throw KeyFaults.damaged(file, "the key of tenant number " + tenant);
        }
      }
      keys.put(tenant, key);
    }
    return keys;
  }

  private static String label(int tenant) {
    return "tenant:" + tenant;
  }

  private byte[] checkValue() {
    return Arrays.copyOf(master.derive("check"), CHECK_BYTES);
  }

  private byte[] mac(byte[] content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(master.derive("tenant-file"), "HmacSHA256"));
      return mac.doFinal(content);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("HmacSHA256 is not available", missing);
    }
  }
}
