package io.sallyport.mqtt.store;

import io.sallyport.mqtt.Scope;
import java.util.Optional;

/** Encrypts what clients said before it is written (THREATS T03). */
public interface ContentSeal {
  /**
   * For the store's one writing thread only.
   *
   * @return empty if the scope's keys were destroyed (THREATS T04)
   */
  Optional<byte[]> seal(ContentPlace place, byte[] plain);

  /**
   * Any thread.
   *
   * @param sealed a row that ends with the sealed form
   * @param offset where that begins
   * @return empty if the scope's keys were destroyed
   * @throws SessionStoreException {@code CORRUPT} if it was changed or belongs elsewhere
   */
  Optional<byte[]> open(ContentPlace place, byte[] sealed, int offset);

  /** Whether the scope has keys; without them its records count as gone. Any thread. */
  boolean readable(Scope scope);
}
