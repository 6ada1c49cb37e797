package io.sallyport.platform.testing;

import io.sallyport.platform.tenant.SettingStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Settings in memory; they are not rolled back. */
public final class InMemorySettingStore implements SettingStore {
  private final Map<String, String> values = new ConcurrentHashMap<>();

  @Override
  public void put(String key, String value) {
    values.put(key, value);
  }

  @Override
  public Optional<String> find(String key) {
    return Optional.ofNullable(values.get(key));
  }
}
