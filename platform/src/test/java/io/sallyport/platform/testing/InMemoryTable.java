package io.sallyport.platform.testing;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Rows by key, in the key's order, changed only inside transactions and undone with them. */
final class InMemoryTable<K, V> {
  private static final int HASH_BYTES = 16;

  private final InMemoryTransactions transactions;
  private final TreeMap<K, V> rows;

  InMemoryTable(InMemoryTransactions transactions, Comparator<? super K> order) {
    this.transactions = transactions;
    this.rows = new TreeMap<>(order);
  }

  Optional<V> find(K key) {
    return transactions.read(() -> Optional.ofNullable(rows.get(key)));
  }

  List<V> select(Predicate<? super V> wanted) {
    return transactions.read(() -> rows.values().stream().filter(wanted).toList());
  }

  Optional<V> last(Predicate<? super V> wanted) {
    return transactions.read(
        () -> rows.descendingMap().values().stream().filter(wanted).findFirst());
  }

  long count(Predicate<? super V> wanted) {
    return transactions.read(() -> rows.values().stream().filter(wanted).count());
  }

  void insert(K key, V row, String what) {
    transactions.run(() -> {
      if (rows.containsKey(key)) {
        throw new Problem(Problem.Code.ALREADY_EXISTS, what + " exists already").asException();
      }
      set(key, row);
    });
  }

  /** Sets or, with null, removes a row. */
  void set(K key, @Nullable V row) {
    transactions.run(() -> {
      V before = row == null ? rows.remove(key) : rows.put(key, row);
      transactions.onRollback(() -> {
        if (before == null) {
          rows.remove(key);
        } else {
          rows.put(key, before);
        }
      });
    });
  }

  boolean delete(K key) {
    return transactions.write(() -> {
      boolean there = rows.containsKey(key);
      if (there) {
        set(key, null);
      }
      return there;
    });
  }

  void deleteAll(Predicate<Map.Entry<K, V>> unwanted) {
    transactions.run(() ->
        rows.entrySet().stream()
            .filter(unwanted)
            .map(Map.Entry::getKey)
            .toList()
            .forEach(this::delete));
  }

  /**
   * A page of {@code rows}, ordered by their place. The cursor is the last item's place, bound to
   * the list by a hash that this method checks when it comes back.
   *
   * @param list names the list with all that chooses and orders it
   */
  static <V> Page<V> page(
      String list,
      List<V> rows,
      Function<V, String> place,
      boolean descending,
      PageRequest request) {
    Comparator<String> order = descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
    String bound = list + (descending ? " descending" : " ascending");
    Optional<String> after = request.after().map(cursor -> decode(bound, cursor));
    List<V> rest =
        rows.stream()
            .sorted(Comparator.comparing(place, order))
            .filter(row -> after.isEmpty() || order.compare(place.apply(row), after.get()) > 0)
            .limit(request.limit() + 1L)
            .toList();
    if (rest.size() <= request.limit()) {
      return new Page<>(rest, Optional.empty());
    }
    List<V> items = rest.subList(0, request.limit());
    return new Page<>(items, Optional.of(encode(bound, place.apply(items.getLast()))));
  }

  /** Place of a number: orders as the number does. */
  static String place(long number) {
    return "%020d".formatted(number);
  }

  private static String encode(String list, String place) {
    byte[] text = place.getBytes(StandardCharsets.UTF_8);
    byte[] hash = sha256(list + "\0" + place);
    byte[] cursor = Arrays.copyOf(hash, HASH_BYTES + text.length);
    System.arraycopy(text, 0, cursor, HASH_BYTES, text.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor);
  }

  private static String decode(String list, String cursor) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      if (bytes.length >= HASH_BYTES) {
        int length = bytes.length - HASH_BYTES;
        String place = new String(bytes, HASH_BYTES, length, StandardCharsets.UTF_8);
        if (encode(list, place).equals(cursor)) {
          return place;
        }
      }
    } catch (IllegalArgumentException e) {
      throw badCursor();
    }
    throw badCursor();
  }

  private static RuntimeException badCursor() {
    return new Problem(Problem.Code.BAD_CURSOR, "not a cursor of this list").asException();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
