package io.sallyport.platform.device;

import io.sallyport.platform.identity.Principal;
import java.util.Optional;

/** Something open that must end when what it rests on is taken away. */
public interface LiveConnection {
  Principal principal();

  /** What is known of it; empty until it is let in. */
  Optional<ConnectionDetails> details();

  /**
   * Ends it: no byte is accepted or sent afterwards, no will is published. Must not block; called
   * from any thread, possibly more than once.
   */
  void closeRevoked();
}
