package io.sallyport.platform.tenant;

import java.util.Optional;

/**
 * What the installation remembers of itself between starts: named texts such as which bootstrap
 * file was applied. No secrets. A key is 1 to 128 bytes, a value at most 1 MiB.
 */
public interface SettingStore {
  /** Sets or replaces the value; joins the surrounding transaction. */
  void put(String key, String value);

  Optional<String> find(String key);
}
