package io.sallyport.web.api;

import io.sallyport.platform.identity.HashCount;
import io.sallyport.platform.identity.HashKeyRing;
import io.sallyport.web.json.ApiJson;
import java.util.List;

/**
 * The keys that secrets are hashed under, and what rests on them.
 *
 * @param old how many stored secrets are under another key than the newest
 */
record HashKeyJson(int newest, List<Integer> retired, long old, List<Count> hashes)
    implements ApiJson {
  /** So many secrets of one kind of holder. */
  record Count(String holder, String scheme, int key, long count) {
    static Count of(HashCount row) {
      return new Count(row.holder(), row.scheme(), row.keyId(), row.count());
    }
  }

  static HashKeyJson of(HashKeyRing.Report report) {
    return new HashKeyJson(
        report.newest(),
        report.retired().stream().sorted().toList(),
        report.old(),
        report.hashes().stream().map(Count::of).toList());
  }
}
