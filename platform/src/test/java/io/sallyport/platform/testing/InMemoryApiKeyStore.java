package io.sallyport.platform.testing;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.ApiKeyStore;
import java.util.Comparator;
import java.util.Optional;

/** API keys in memory. */
public final class InMemoryApiKeyStore implements ApiKeyStore {
  private final InMemoryTransactions transactions;
  private final InMemoryTable<String, ApiKey> keys;

  public InMemoryApiKeyStore(InMemoryTransactions transactions) {
    this.transactions = transactions;
    this.keys = new InMemoryTable<>(transactions, Comparator.naturalOrder());
    transactions.onTenantDeleted(
        tenant -> keys.deleteAll(row -> row.getValue().tenant().equals(tenant)));
  }

  @Override
  public void insert(ApiKey key) {
    keys.insert(key.key(), key, "the API key");
  }

  @Override
  public Optional<ApiKey> find(String key) {
    return keys.find(key);
  }

  @Override
  public Page<ApiKey> list(TenantId tenant, PageRequest page) {
    return InMemoryTable.page(
        "keys " + tenant,
        keys.select(key -> key.tenant().equals(tenant)),
        ApiKey::key,
        false,
        page);
  }

  @Override
  public ApiKey update(ApiKey key) {
    return transactions.write(() -> {
      ApiKey old =
          keys.find(key.key())
              .filter(found -> found.tenant().equals(key.tenant()))
              .orElseThrow(() -> Problem.notFound("the API key"));
      ApiKey changed =
          new ApiKey(
              old.tenant(),
              old.key(),
              key.token(),
              key.roles(),
              key.comment(),
              key.enabled(),
              old.created(),
              old.version() + 1);
      keys.set(key.key(), changed);
      return changed;
    });
  }

  @Override
  public boolean delete(TenantId tenant, String key) {
    return transactions.write(() ->
        keys.find(key).filter(found -> found.tenant().equals(tenant)).isPresent()
            && keys.delete(key));
  }

  @Override
  public long count(TenantId tenant) {
    return keys.count(key -> key.tenant().equals(tenant));
  }
}
