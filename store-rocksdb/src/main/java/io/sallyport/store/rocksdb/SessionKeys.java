package io.sallyport.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The keys of what the session store keeps. As in {@link Keys}, numbers are big-endian and text
 * stands only at the end, after parts of fixed length. Each key begins with its scope's number, so
 * that a scope is deleted by ranges.
 *
 * <ul>
 *   <li>{@code sessions}: {@code n} (number from which the next start gives), {@code o} | scope 4
 *       (the scope's name), {@code c} | scope 4 (cursor), {@code s} | scope 4 | session 8 (record),
 *       {@code u} | scope 4 | session 8 | filter (subscription)
 *   <li>{@code queues}: {@code m} | scope 4 | session 8 | sequence 8 (message), {@code x} | scope 4
 *       | session 8 (sent up to), {@code b} | scope 4 | body 8 (message of several sessions)
 *   <li>{@code received}: scope 4 | session 8 | packet id 2
 *   <li>{@code retained}: scope 4 | topic
 * </ul>
 */
final class SessionKeys {
  static final byte[] NUMBERS = {'n'};
  static final byte SCOPE = 'o';
  static final byte CURSOR = 'c';
  static final byte SESSION = 's';
  static final byte SUBSCRIPTION = 'u';
  static final byte MESSAGE = 'm';
  static final byte SENT = 'x';
  static final byte BODY = 'b';

  private static final int SCOPE_BYTES = 4;
  private static final int OWNED_BYTES = SCOPE_BYTES + 8;

  private SessionKeys() {}

  /** Rows of a kind that belong to a scope begin with this, or are this. */
  static byte[] ofScope(byte kind, int scope) {
    return ByteBuffer.wrap(new byte[1 + SCOPE_BYTES]).put(kind).putInt(scope).array();
  }

  /** The first key of a kind. */
  static byte[] start(byte kind) {
    return new byte[] {kind};
  }

  /** The first key behind those of a kind. */
  static byte[] end(byte kind) {
    return new byte[] {(byte) (kind + 1)};
  }

  /** Rows of a kind that belong to a session (or body) begin with this, or are this. */
  static byte[] of(byte kind, int scope, long number) {
    return ByteBuffer.wrap(new byte[1 + OWNED_BYTES])
        .put(kind)
        .putInt(scope)
        .putLong(number)
        .array();
  }

  static byte[] subscription(int scope, long session, String filter) {
    byte[] text = filter.getBytes(UTF_8);
    return ByteBuffer.wrap(new byte[1 + OWNED_BYTES + text.length])
        .put(SUBSCRIPTION)
        .putInt(scope)
        .putLong(session)
        .put(text)
        .array();
  }

  static String filter(byte[] key) {
    return new String(key, 1 + OWNED_BYTES, key.length - 1 - OWNED_BYTES, UTF_8);
  }

  static byte[] message(int scope, long session, long sequence) {
    return ByteBuffer.wrap(new byte[1 + OWNED_BYTES + 8])
        .put(MESSAGE)
        .putInt(scope)
        .putLong(session)
        .putLong(sequence)
        .array();
  }

  static int scope(byte[] key) {
    return ByteBuffer.wrap(key).getInt(1);
  }

  static long number(byte[] key) {
    return ByteBuffer.wrap(key).getLong(1 + SCOPE_BYTES);
  }

  static long sequence(byte[] key) {
    return ByteBuffer.wrap(key).getLong(1 + OWNED_BYTES);
  }

  static byte[] received(int scope, long session, int packetId) {
    return ByteBuffer.wrap(new byte[OWNED_BYTES + 2])
        .putInt(scope)
        .putLong(session)
        .putShort((short) packetId)
        .array();
  }

  static byte[] receivedOf(int scope, long session) {
    return ByteBuffer.wrap(new byte[OWNED_BYTES]).putInt(scope).putLong(session).array();
  }

  static int receivedScope(byte[] key) {
    return ByteBuffer.wrap(key).getInt();
  }

  static long receivedSession(byte[] key) {
    return ByteBuffer.wrap(key).getLong(SCOPE_BYTES);
  }

  static int packetId(byte[] key) {
    return ByteBuffer.wrap(key).getShort(OWNED_BYTES) & 0xffff;
  }

  static byte[] retained(int scope, String topic) {
    byte[] text = topic.getBytes(UTF_8);
    return ByteBuffer.wrap(new byte[SCOPE_BYTES + text.length]).putInt(scope).put(text).array();
  }

  static String topic(byte[] key) {
    return new String(key, SCOPE_BYTES, key.length - SCOPE_BYTES, UTF_8);
  }

  static byte[] plainScope(int scope) {
    return ByteBuffer.wrap(new byte[SCOPE_BYTES]).putInt(scope).array();
  }

  /** The first key behind all that begin with this one. */
  static byte[] behind(byte[] prefix) {
    byte[] end = prefix.clone();
    for (int i = end.length - 1; i >= 0; i--) {
      if (++end[i] != 0) {
        return end;
      }
    }
    throw new IllegalArgumentException("nothing is behind this prefix");
  }

  static boolean beginsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
