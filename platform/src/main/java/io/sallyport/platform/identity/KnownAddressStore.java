package io.sallyport.platform.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The registry's memory of where credentials succeeded from. Blocks. */
public interface KnownAddressStore {
  /** When it was last put. */
  Optional<Instant> find(String credential, String address);

  /** Sets or replaces these, and of each credential among them keeps the newest so many. */
  void put(List<KnownAddress> addresses, int perCredentialMax);

  /** Forgets what was seen before; how many. */
  int deleteBefore(Instant time);
}
