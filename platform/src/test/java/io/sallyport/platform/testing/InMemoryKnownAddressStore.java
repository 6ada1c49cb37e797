package io.sallyport.platform.testing;

import io.sallyport.platform.identity.KnownAddress;
import io.sallyport.platform.identity.KnownAddressStore;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Known addresses in memory. */
public final class InMemoryKnownAddressStore implements KnownAddressStore {
  private final TreeMap<String, KnownAddress> rows = new TreeMap<>();
  private int reads;

  @Override
  public synchronized Optional<Instant> find(String credential, String address) {
    reads++;
    return Optional.ofNullable(rows.get(credential + address)).map(KnownAddress::seen);
  }

  @Override
  public synchronized void put(List<KnownAddress> addresses, int perCredentialMax) {
    for (KnownAddress row : addresses) {
      rows.put(row.credential() + row.address(), row);
    }
    for (KnownAddress row : addresses) {
      rows.values().stream()
          .filter(other -> other.credential().equals(row.credential()))
          .sorted(Comparator.comparing(KnownAddress::seen).reversed())
          .skip(perCredentialMax)
          .toList()
          .forEach(old -> rows.remove(old.credential() + old.address()));
    }
  }

  @Override
  public synchronized int deleteBefore(Instant time) {
    int before = rows.size();
    rows.values().removeIf(row -> row.seen().isBefore(time));
    return before - rows.size();
  }

  /** What is stored, as a reader of the database sees it. */
  public synchronized List<KnownAddress> rows() {
    return List.copyOf(rows.values());
  }

  /** How often it was asked. */
  public synchronized int reads() {
    return reads;
  }
}
