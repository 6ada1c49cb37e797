package io.sallyport.plain;

import io.sallyport.platform.space.ListenerIdentity;
import java.util.Optional;

/** Which listeners say who their clients are. Thread-safe. */
public interface ListenerIdentities {
  /**
   * @param listener the listener's name
   */
  Optional<ListenerIdentity> find(String listener);
}
