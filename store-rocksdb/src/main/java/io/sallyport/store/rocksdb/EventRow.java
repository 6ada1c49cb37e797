package io.sallyport.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.tenant.PayloadCipher;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An event as the log holds it: what must stay readable, then the sealed payload (THREATS T03).
 *
 * <p>Form: version 1 | position 8 | time 8 | device number 8 | flags 1 (QoS in bits 0 and 1, bit 2:
 * sentBy follows) | tenant id 6 | type, device id, format, each with its length 1 | name with its
 * length 2 | sentBy with its length 2 | sealed payload.
 */
final class EventRow {
  static final int FORMAT_BYTES_MAX = 255;
  static final int SENT_BY_BYTES_MAX = 1024;
  static final int PAYLOAD_BYTES_MAX = 64 << 20;

  private static final byte VERSION = 1;
  private static final int FLAG_SENT_BY = 4;
  private static final int FIXED_BYTES = 1 + 8 + 8 + 8 + 1 + 6 + 3 + 2;

  private final byte[] type;
  private final byte[] id;
  private final byte[] format;
  private final byte[] name;
  private final byte @Nullable [] sentBy;
  private final Event event;

  /**
   * @throws IllegalArgumentException if a field is longer than its limit
   */
  EventRow(Event event) {
    this.event = event;
    this.type = event.device().type().value().getBytes(UTF_8);
    this.id = event.device().id().value().getBytes(UTF_8);
    this.format = limited(event.format(), FORMAT_BYTES_MAX, "format");
    this.name = limited(event.name(), Event.NAME_BYTES_MAX, "name");
    String by = event.sentBy();
    this.sentBy = by == null ? null : limited(by, SENT_BY_BYTES_MAX, "sender");
    if (event.payload().size() > PAYLOAD_BYTES_MAX
        || event.tenantNumber() <= 0
        || event.timeMillis() < 0
        || event.qos() < 0
        || event.qos() > 2) {
      throw new IllegalArgumentException(
          "the event's payload, tenant, time or QoS is out of range");
    }
  }

  byte[] name() {
    return name;
  }

  int bytes() {
    return sealedAt() + event.payload().size() + PayloadCipher.OVERHEAD_BYTES;
  }

  private int sealedAt() {
    return FIXED_BYTES
        + type.length
        + id.length
        + format.length
        + name.length
        + (sentBy == null ? 0 : 2 + sentBy.length);
  }

  /** Writes all but the sealed payload; returns where that goes. */
  int write(byte[] into, int at, long position) {
    byte[] by = sentBy;
    ByteBuffer row = ByteBuffer.wrap(into, at, sealedAt());
    row.put(VERSION).putLong(position).putLong(event.timeMillis()).putLong(event.deviceNumber());
    row.put((byte) (event.qos() | (by == null ? 0 : FLAG_SENT_BY)));
    row.put(event.device().tenant().value().getBytes(StandardCharsets.US_ASCII));
    row.put((byte) type.length).put(type).put((byte) id.length).put(id);
    row.put((byte) format.length).put(format);
    row.putShort((short) name.length).put(name);
    if (by != null) {
      row.putShort((short) by.length).put(by);
    }
    return row.position();
  }

  private static byte[] limited(String text, int bytesMax, String what) {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length > bytesMax) {
      throw new IllegalArgumentException(
          "the event's " + what + " has more than " + bytesMax + " bytes");
    }
    return bytes;
  }

  /** A row read back, its payload still sealed. */
  static final class Stored {
    private final byte[] bytes;
    private final long position;
    private final long timeMillis;
    private final long deviceNumber;
    private final int qos;
    private final int keyAt;
    private final String format;
    private final String name;
    private final @Nullable String sentBy;
    private final int sealedAt;

    private Stored(byte[] bytes, ByteBuffer fields) {
      this.bytes = bytes;
      this.position = fields.getLong();
      this.timeMillis = fields.getLong();
      this.deviceNumber = fields.getLong();
      int flags = fields.get();
      this.qos = flags & 3;
      this.keyAt = fields.position();
      skip(fields, 6);
      skip(fields, fields.get() & 0xff);
      skip(fields, fields.get() & 0xff);
      this.format = text(fields, fields.get() & 0xff);
      this.name = text(fields, fields.getShort() & 0xffff);
      this.sentBy = (flags & FLAG_SENT_BY) == 0 ? null : text(fields, fields.getShort() & 0xffff);
      this.sealedAt = fields.position();
    }

    long position() {
      return position;
    }

    long timeMillis() {
      return timeMillis;
    }

    long deviceNumber() {
      return deviceNumber;
    }

    int qos() {
      return qos;
    }

    String format() {
      return format;
    }

    String name() {
      return name;
    }

    @Nullable String sentBy() {
      return sentBy;
    }

    /** The whole row, not copied. */
    byte[] bytes() {
      return bytes;
    }

    /** Where the sealed payload begins; it ends with the row. */
    int sealedAt() {
      return sealedAt;
    }

    int sealedBytes() {
      return bytes.length - sealedAt;
    }

    DeviceKey device() {
      ByteBuffer fields = ByteBuffer.wrap(bytes).position(keyAt);
      String tenant = text(fields, 6);
      String type = text(fields, fields.get() & 0xff);
      String id = text(fields, fields.get() & 0xff);
      return new DeviceKey(new TenantId(tenant), new TypeId(type), new DeviceId(id));
    }
  }

  /** Position and time alone, which every row has at the same place. */
  static long position(byte[] row) {
    return ByteBuffer.wrap(row).getLong(1);
  }

  static long timeMillis(byte[] row) {
    return ByteBuffer.wrap(row).getLong(9);
  }

  /** Takes the row apart; {@code where} names it if it has no sense. */
  static Stored parse(byte[] row, String where) {
    try {
      ByteBuffer fields = ByteBuffer.wrap(row);
      byte version = fields.get();
      if (version != VERSION) {
        throw new Problem(Problem.Code.CORRUPT, where + " has the unknown version " + version)
            .asException();
      }
      return new Stored(row, fields);
    } catch (BufferUnderflowException | IllegalArgumentException senseless) {
      throw new ProblemException(
          new Problem(Problem.Code.CORRUPT, where + " can't be taken apart"), senseless);
    }
  }

  private static void skip(ByteBuffer fields, int bytes) {
    fields.position(fields.position() + bytes);
  }

  private static String text(ByteBuffer fields, int bytes) {
    byte[] text = new byte[bytes];
    fields.get(text);
    return new String(text, UTF_8);
  }
}
