package io.sallyport.server.endtoend;

import io.sallyport.platform.tenant.PayloadCipher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** The sealed values of data folders whose server is stopped: by key id and nonce. */
final class SealedValues {
  private static final HexFormat HEX = HexFormat.of();

  /** Length of what stands between version and tenant: position, time, device, flags. */
  private static final int ROW_NUMBERS_BYTES = 8 + 8 + 8 + 1;

  private static final int TENANT_BYTES = 6;
  private static final int SENT_BY_FLAG = 4;

  /** What was sealed under each pair of key id and nonce; one value each, if all is well. */
  private final Map<String, Set<String>> byNonce = new HashMap<>();

  private final Set<String> keyIds = new HashSet<>();
  private int values;

  static SealedValues of(Path data) throws RocksDBException, SQLException {
    SealedValues found = new SealedValues();
    found.readLog(data.resolve("log"));
    found.readRegistry(data.resolve("registry.db"));
    return found;
  }

  SealedValues and(SealedValues other) {
    SealedValues both = new SealedValues();
    for (SealedValues each : List.of(this, other)) {
      each.byNonce.forEach((nonce, contents) ->
          both.byNonce.computeIfAbsent(nonce, _ -> new HashSet<>()).addAll(contents));
      both.keyIds.addAll(each.keyIds);
      both.values += each.values;
    }
    return both;
  }

  int count() {
    return values;
  }

  Set<String> keyIds() {
    return keyIds;
  }

  /** Pairs of key id and nonce under which different things were sealed. */
  List<String> repeated() {
    return byNonce.entrySet().stream()
        .filter(entry -> entry.getValue().size() > 1)
        .map(Map.Entry::getKey)
        .toList();
  }

  private void readLog(Path folder) throws RocksDBException {
    RocksDB.loadLibrary();
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    for (String name : List.of("default", "log", "last")) {
      families.add(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII)));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options = new DBOptions();
        RocksDB log = RocksDB.openReadOnly(options, folder.toString(), families, handles)) {
      for (ColumnFamilyHandle handle : handles.subList(1, handles.size())) {
        try (RocksIterator rows = log.newIterator(handle)) {
          for (rows.seekToFirst(); rows.isValid(); rows.next()) {
            add(sealedPartOfRow(rows.value()));
          }
          rows.status();
        }
      }
      handles.forEach(ColumnFamilyHandle::close);
    }
  }

  private void readRegistry(Path file) throws SQLException {
    try (Connection registry = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = registry.createStatement();
        ResultSet rows = statement.executeQuery("SELECT sealed_payload FROM commands")) {
      while (rows.next()) {
        add(ByteBuffer.wrap(rows.getBytes(1)));
      }
    }
  }

  /** The form that {@code EventRow} documents. */
  private static ByteBuffer sealedPartOfRow(byte[] bytes) {
    ByteBuffer row = ByteBuffer.wrap(bytes);
    int flags = row.get(ROW_NUMBERS_BYTES);
    row.position(1 + ROW_NUMBERS_BYTES + TENANT_BYTES);
    for (int i = 0; i < 3; i++) {
      int length = row.get() & 0xff;
      row.position(row.position() + length);
    }
    for (int i = 0; i < ((flags & SENT_BY_FLAG) == 0 ? 1 : 2); i++) {
      int length = row.getShort() & 0xffff;
      row.position(row.position() + length);
    }
    return row;
  }

  /** The form that {@code PayloadCipher} documents: version, key id, nonce, the rest. */
  private void add(ByteBuffer sealed) {
    if (sealed.remaining() < PayloadCipher.OVERHEAD_BYTES || sealed.get() != 1) {
      throw new IllegalStateException("this is no sealed value");
    }
    String keyId = take(sealed, 8);
    String nonce = take(sealed, 12);
    keyIds.add(keyId);
    byNonce
        .computeIfAbsent(keyId + "/" + nonce, _ -> new HashSet<>())
        .add(take(sealed, sealed.remaining()));
    values++;
  }

  private static String take(ByteBuffer from, int bytes) {
    byte[] taken = new byte[bytes];
    from.get(taken);
    return HEX.formatHex(taken);
  }
}
