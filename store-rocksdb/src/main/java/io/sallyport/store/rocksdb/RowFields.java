package io.sallyport.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sallyport.mqtt.store.SessionStoreException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Puts a row's value together, field by field; grows. Reading is done with {@link Reader}. */
final class RowFields {
  private static final int TEXT_BYTES_MAX = 65_535;

  private byte[] bytes = new byte[128];
  private int size;

  RowFields put1(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
    return this;
  }

  RowFields put4(int value) {
    ensure(4);
    ByteBuffer.wrap(bytes).putInt(size, value);
    size += 4;
    return this;
  }

  RowFields put8(long value) {
    ensure(8);
    ByteBuffer.wrap(bytes).putLong(size, value);
    size += 8;
    return this;
  }

  /** With its length 2. */
  RowFields putText(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    if (utf8.length > TEXT_BYTES_MAX) {
      throw new SessionStoreException(
          SessionStoreException.Reason.UNSTORABLE, "a text has more than 65,535 bytes");
    }
    put1(utf8.length >>> 8).put1(utf8.length);
    return putRest(utf8);
  }

  /** With its length 4. */
  RowFields putBytes(byte[] content) {
    put4(content.length);
    return putRest(content);
  }

  /** Without a length: the last field. */
  RowFields putRest(byte[] content) {
    ensure(content.length);
    System.arraycopy(content, 0, bytes, size, content.length);
    size += content.length;
    return this;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, more)));
    }
  }

  /** Takes a row apart; a row without sense is {@code CORRUPT}. */
  static final class Reader {
    private final byte[] row;
    private final ByteBuffer fields;
    private final String where;

    /**
     * @param version that the row must have in its first byte
     * @param where names the row in a fault's text
     */
    Reader(byte[] row, byte version, String where) {
      this(row, where);
      int found = get1();
      if (found != version) {
        throw new SessionStoreException(
            SessionStoreException.Reason.CORRUPT, where + " has the unknown version " + found);
      }
    }

    /** For content without a version of its own. */
    Reader(byte[] row, String where) {
      this.row = row;
      this.fields = ByteBuffer.wrap(row);
      this.where = where;
    }

    int get1() {
      try {
        return fields.get() & 0xff;
      } catch (BufferUnderflowException senseless) {
        throw corrupt(senseless);
      }
    }

    int get4() {
      try {
        return fields.getInt();
      } catch (BufferUnderflowException senseless) {
        throw corrupt(senseless);
      }
    }

    long get8() {
      try {
        return fields.getLong();
      } catch (BufferUnderflowException senseless) {
        throw corrupt(senseless);
      }
    }

    String getText() {
      return new String(get(get1() << 8 | get1()), UTF_8);
    }

    byte[] getBytes() {
      return get(get4());
    }

    private byte[] get(int length) {
      if (length < 0 || length > fields.remaining()) {
        throw corrupt(new BufferUnderflowException());
      }
      byte[] content = new byte[length];
      fields.get(content);
      return content;
    }

    byte[] row() {
      return row;
    }

    int position() {
      return fields.position();
    }

    SessionStoreException corrupt(RuntimeException cause) {
      return new SessionStoreException(
          SessionStoreException.Reason.CORRUPT, where + " can't be taken apart", cause);
    }
  }
}
