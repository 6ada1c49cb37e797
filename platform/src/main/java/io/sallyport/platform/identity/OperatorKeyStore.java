package io.sallyport.platform.identity;

import java.util.List;
import java.util.Optional;

/** The registry's operator keys. */
public interface OperatorKeyStore {
  void insert(OperatorKey key);

  Optional<OperatorKey> find(String key);

  List<OperatorKey> list();

  boolean delete(String key);
}
