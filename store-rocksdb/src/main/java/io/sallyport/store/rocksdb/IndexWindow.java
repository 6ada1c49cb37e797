package io.sallyport.store.rocksdb;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rocksdb.ColumnFamilyHandle;

/** A column family of the device index and the time it covers, from inclusive to exclusive. */
record IndexWindow(long fromMillis, long toMillis, ColumnFamilyHandle handle) {
  private static final Pattern NAME = Pattern.compile("index-(\\d{1,18})-(\\d{1,18})");

  static byte[] name(long fromMillis, long toMillis) {
    return String.format(Locale.ROOT, "index-%d-%d", fromMillis, toMillis)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** The window whose column family has this name; empty if the name is none of an index. */
  static Optional<IndexWindow> of(byte[] name, ColumnFamilyHandle handle) {
    Matcher parts = NAME.matcher(new String(name, StandardCharsets.US_ASCII));
    return parts.matches()
        ? Optional.of(
            new IndexWindow(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)), handle))
        : Optional.empty();
  }

  boolean covers(long timeMillis) {
    return timeMillis >= fromMillis && timeMillis < toMillis;
  }
}
