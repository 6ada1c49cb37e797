package io.sallyport.store.sql;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.SortOrder;
import org.jooq.impl.DSL;

/**
 * Pages by the key of the last row seen: the cost of a page does not depend on how far in it is.
 *
 * <p>A cursor is base64url of a version byte, a check over query and key, and the key. The check
 * finds cursors of other queries and altered ones; it is no secret, so a forged cursor may name
 * another place of the same list, never another list: that comes from the query.
 *
 * @param query names list, filter and order; part of the check
 * @param fields the columns that order the list, together unique
 */
record Keyset(String query, List<Field<?>> fields, boolean descending) {
  private static final byte VERSION = 1;
  private static final int CHECK_BYTES = 8;
  private static final int CURSOR_CHARS_MAX = 1024;

  /** Fetches one page of {@code select}, which must select {@link #fields}. */
  <T> Page<T> fetch(
      SelectConditionStep<? extends Record> select, PageRequest page, Function<Record, T> mapping) {
    if (page.after().isPresent()) {
      select = select.and(after(page.after().get()));
    }
    SortOrder order = descending ? SortOrder.DESC : SortOrder.ASC;
    List<? extends Record> rows =
        select
            .orderBy(fields.stream().map(field -> field.sort(order)).toList())
            .limit(page.limit() + 1)
            .fetch();
    if (rows.size() <= page.limit()) {
      return new Page<>(rows.stream().<T>map(mapping).toList(), Optional.empty());
    }
    List<? extends Record> shown = rows.subList(0, page.limit());
    return new Page<>(
        shown.stream().<T>map(mapping).toList(), Optional.of(cursor(shown.getLast())));
  }

  private Condition after(String cursor) {
    List<Field<?>> key = key(cursor);
    return descending
        ? DSL.row(fields).lessThan(DSL.row(key))
        : DSL.row(fields).greaterThan(DSL.row(key));
  }

  private String cursor(Record row) {
    try {
      ByteArrayOutputStream key = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(key);
      for (Field<?> field : fields) {
        switch (row.get(field)) {
          case String text -> out.writeUTF(text);
          case Long number -> out.writeLong(number);
          case Instant time -> out.writeLong(Columns.nanos(time));
          default -> throw new IllegalStateException("can't page by " + field);
        }
      }
      ByteArrayOutputStream cursor = new ByteArrayOutputStream();
      cursor.write(VERSION);
      cursor.writeBytes(check(key.toByteArray()));
      cursor.writeBytes(key.toByteArray());
      return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  private List<Field<?>> key(String cursor) {
    byte[] bytes = decoded(cursor);
    int start = 1 + CHECK_BYTES;
    if (bytes.length < start || bytes[0] != VERSION) {
      throw badCursor();
    }
    byte[] key = Arrays.copyOfRange(bytes, start, bytes.length);
    if (!MessageDigest.isEqual(check(key), Arrays.copyOfRange(bytes, 1, start))) {
      throw badCursor();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(key))) {
      List<Field<?>> values = new ArrayList<>();
      for (Field<?> field : fields) {
        values.add(value(field, in));
      }
      if (in.read() >= 0) {
        throw badCursor();
      }
      return values;
    } catch (IOException malformed) {
      throw badCursor();
    }
  }

  private static Field<?> value(Field<?> field, DataInputStream in) throws IOException {
    Class<?> type = field.getType();
    if (type == String.class) {
      return DSL.val(in.readUTF(), Columns.TEXT);
    }
    long number = in.readLong();
    return type == Long.class
        ? DSL.val(number, Columns.INT)
        : DSL.val(Columns.instant(number), Columns.TIME);
  }

  private static byte[] decoded(String cursor) {
    if (cursor.length() > CURSOR_CHARS_MAX) {
      throw badCursor();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      // Only the one spelling that we write: no padding, no stray bits.
      if (!Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(cursor)) {
        throw badCursor();
      }
      return bytes;
    } catch (IllegalArgumentException malformed) {
      throw badCursor();
    }
  }

  private byte[] check(byte[] key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(query.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(key);
      return Arrays.copyOf(digest.digest(), CHECK_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static ProblemException badCursor() {
    return new Problem(
            Problem.Code.BAD_CURSOR,
            "this bookmark is not one of this list; start at its beginning")
        .asException();
  }
}
