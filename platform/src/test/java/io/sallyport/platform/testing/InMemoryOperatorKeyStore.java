package io.sallyport.platform.testing;

import io.sallyport.platform.identity.OperatorKey;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.identity.SecretHash;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Operator keys in memory. */
public final class InMemoryOperatorKeyStore implements OperatorKeyStore {
  private final InMemoryTable<String, OperatorKey> keys;

  public InMemoryOperatorKeyStore(InMemoryTransactions transactions) {
    this.keys = new InMemoryTable<>(transactions, Comparator.naturalOrder());
  }

  @Override
  public void insert(OperatorKey key) {
    keys.insert(key.key(), key, "the operator key");
  }

  @Override
  public Optional<OperatorKey> find(String key) {
    return keys.find(key);
  }

  @Override
  public List<OperatorKey> list() {
    return keys.select(key -> true);
  }

  @Override
  public boolean rehash(String key, SecretHash known, SecretHash fresh) {
    Optional<OperatorKey> row = keys.find(key).filter(found -> found.token().equals(known));
    row.ifPresent(found -> keys.set(key, new OperatorKey(key, fresh, found.created())));
    return row.isPresent();
  }

  @Override
  public boolean delete(String key) {
    return keys.delete(key);
  }
}
