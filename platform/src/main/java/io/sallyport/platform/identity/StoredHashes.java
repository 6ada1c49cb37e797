package io.sallyport.platform.identity;

import java.util.List;

/** The verifiers of secrets that the registry holds, whoever they belong to. */
public interface StoredHashes {
  /** Counts by holder, scheme and key id; none that is zero. Blocks; reads every credential. */
  List<HashCount> count();
}
