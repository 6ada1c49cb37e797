package io.sallyport.platform.tenant;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The wrapped data keys: a file that is appended to and synced before a key's first use. Header and
 * records have 64 bytes each, so that a record never spans two disk sectors.
 *
 * <p>Header: magic 8 | version 1 | zeros 51 | CRC-32C 4. Record: tenant 4 | key id 8 | created 8 |
 * wrapped key 40 | CRC-32C 4. A last record that is incomplete or all zeros was never in use (its
 * sync did not end) and is dropped; any other damage is reported.
 */
final class DataKeyFile implements AutoCloseable {
  static final String FILE_NAME = "data.keys";

  private static final byte[] MAGIC = {'S', 'P', 'D', 'A', 'T', 'K', 'E', 'Y'};
  private static final byte VERSION = 1;
  private static final int RECORD_BYTES = 64;

  private final Path file;
  private FileChannel channel;
  private long end;

  private DataKeyFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Opens the file, made if it is missing, and hands every key to {@code keys}. */
  static DataKeyFile open(Path folder, Collection<WrappedDataKey> keys) {
    Path file = folder.resolve(FILE_NAME);
    try {
      FileChannel channel = DurableFile.openOrCreate(file);
      DataKeyFile opened = new DataKeyFile(file, channel);
      try {
        opened.read(keys);
      } catch (RuntimeException | IOException refused) {
        channel.close();
        throw refused;
      }
      return opened;
    } catch (IOException unreadable) {
      throw KeyFaults.unreadable(file, unreadable);
    }
  }

  /** Appends the key; durable on return. A failed append leaves no trace that a later one keeps. */
  void append(WrappedDataKey key) throws IOException {
    ByteBuffer record = ByteBuffer.wrap(encode(key));
    long at = end;
    while (record.hasRemaining()) {
      at += channel.write(record, at);
    }
    channel.force(true);
    end = at;
  }

  /** Rewrites the file with these keys only. */
  void replace(Collection<WrappedDataKey> keys) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(RECORD_BYTES * (1 + keys.size()));
    content.put(header());
    keys.forEach(key -> content.put(encode(key)));
    DurableFile.replace(file, content.array());
    FileChannel old = channel;
    channel = DurableFile.openOrCreate(file);
    end = content.capacity();
    old.close();
  }

  Path path() {
    return file;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void read(Collection<WrappedDataKey> keys) throws IOException {
    byte[] content = new byte[Math.toIntExact(channel.size())];
    ByteBuffer into = ByteBuffer.wrap(content);
    while (into.hasRemaining() && channel.read(into, into.position()) >= 0) {
      // Reads until the file's end.
    }
    List<byte[]> records = new ArrayList<>();
    for (int at = 0; at + RECORD_BYTES <= content.length; at += RECORD_BYTES) {
      records.add(Arrays.copyOfRange(content, at, at + RECORD_BYTES));
    }
    if (!records.isEmpty() && isZero(records.getLast())) {
      records.removeLast();
    }
    if (records.isEmpty()) {
      writeHeader();
      return;
    }
    byte[] header = records.removeFirst();
    if (!sound(header) || !Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw KeyFaults.damaged(file, "no header");
    }
    if (header[MAGIC.length] > VERSION) {
      throw KeyFaults.newer(file, header[MAGIC.length]);
    }
    for (byte[] record : records) {
      if (!sound(record)) {
        throw KeyFaults.damaged(file, "wrong checksum of a record");
      }
      keys.add(decode(record));
    }
    end = (long) RECORD_BYTES * (1 + records.size());
    if (end < content.length) {
      channel.truncate(end);
      channel.force(true);
    }
  }

  private void writeHeader() throws IOException {
    channel.truncate(0);
    ByteBuffer header = ByteBuffer.wrap(header());
    while (header.hasRemaining()) {
      end += channel.write(header, end);
    }
    channel.force(true);
    DurableFile.syncFolderOf(file);
  }

  private static byte[] header() {
    byte[] header = new byte[RECORD_BYTES];
    ByteBuffer.wrap(header).put(MAGIC).put(VERSION);
    return summed(header);
  }

  private static byte[] encode(WrappedDataKey key) {
    byte[] record = new byte[RECORD_BYTES];
    ByteBuffer.wrap(record)
        .putInt(key.tenant())
        .putLong(key.id())
        .putLong(key.createdMillis())
        .put(key.wrappedBytes());
    return summed(record);
  }

  private static WrappedDataKey decode(byte[] bytes) {
    ByteBuffer record = ByteBuffer.wrap(bytes);
    int tenant = record.getInt();
    long id = record.getLong();
    long created = record.getLong();
    return new WrappedDataKey(
        tenant, id, created, record.slice(record.position(), KeyWrap.WRAPPED_BYTES));
  }

  private static byte[] summed(byte[] record) {
    ByteBuffer.wrap(record).putInt(RECORD_BYTES - 4, sum(record));
    return record;
  }

  private static boolean sound(byte[] record) {
    return ByteBuffer.wrap(record).getInt(RECORD_BYTES - 4) == sum(record);
  }

  private static int sum(byte[] record) {
    CRC32C crc = new CRC32C();
    crc.update(record, 0, RECORD_BYTES - 4);
    return (int) crc.getValue();
  }

  private static boolean isZero(byte[] record) {
    return Arrays.equals(record, new byte[RECORD_BYTES]);
  }
}
