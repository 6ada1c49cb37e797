package io.sallyport.platform.identity;

import java.util.List;
import java.util.Optional;

/** The registry's operator keys. */
public interface OperatorKeyStore {
  void insert(OperatorKey key);

  Optional<OperatorKey> find(String key);

  List<OperatorKey> list();

  /** Puts another hash of the same token in place of {@code known}; whether that was there. */
  boolean rehash(String key, SecretHash known, SecretHash fresh);

  boolean delete(String key);
}
