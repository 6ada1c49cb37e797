package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * Where a page ended, as opaque text: kind 1 | time 8 | position 8 | CRC-32C 4, in base64url. It
 * needs no MAC: whatever it says, the next page begins at some place of the same device or tenant,
 * and what a principal may see is decided anew. The checksum tells mistakes from places.
 */
record Place(byte kind, long timeMillis, long position) {
  static final byte DEVICE_HISTORY = 1;
  static final byte TENANT_HISTORY = 2;

  private static final int BYTES = 21;
  private static final int TEXT_LENGTH = 28;

  String encode() {
    byte[] place = new byte[BYTES];
    ByteBuffer.wrap(place).put(kind).putLong(timeMillis).putLong(position);
    ByteBuffer.wrap(place).putInt(BYTES - 4, sum(place));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(place);
  }

  static Place decode(byte kind, String text) {
    if (text.length() != TEXT_LENGTH) {
      throw notOurs().asException();
    }
    byte[] place;
    try {
      place = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException notBase64) {
      throw new ProblemException(notOurs(), notBase64);
    }
    ByteBuffer fields = ByteBuffer.wrap(place);
    if (place.length != BYTES || place[0] != kind || fields.getInt(BYTES - 4) != sum(place)) {
      throw notOurs().asException();
    }
    return new Place(kind, fields.getLong(1), fields.getLong(9));
  }

  private static int sum(byte[] place) {
    CRC32C crc = new CRC32C();
    crc.update(place, 0, BYTES - 4);
    return (int) crc.getValue();
  }

  private static Problem notOurs() {
    return new Problem(Problem.Code.BAD_CURSOR, "this is not a place in the list");
  }
}
