package io.sallyport.watson.messaging;

import io.sallyport.watson.WatsonPlatform;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** The API keys that have been used since the start, as they are now. Thread-safe. */
final class KeyStandings {
  private final WatsonPlatform platform;
  private final Executor threads;
  private final Map<String, KeyStanding> byKey = new ConcurrentHashMap<>();

  KeyStandings(WatsonPlatform platform, Executor threads) {
    this.platform = platform;
    this.threads = threads;
  }

  /** Read after it is known here: a change meanwhile finds it, or is seen. Blocks. */
  KeyStanding read(String apiKey) {
    KeyStanding standing =
        byKey.computeIfAbsent(apiKey, key -> new KeyStanding(platform, threads, key));
    standing.read();
    return standing;
  }

  /** After the commit. Blocks. */
  void changed(String apiKey) {
    KeyStanding standing = byKey.get(apiKey);
    if (standing != null) {
      standing.read();
    }
  }

  /** Its sessions end. */
  void deleted(String apiKey) {
    byKey.remove(apiKey);
  }
}
