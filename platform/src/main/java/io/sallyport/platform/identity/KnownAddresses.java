package io.sallyport.platform.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.platform.tenant.TenantKeys;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;

/**
 * Addresses from which a credential succeeded within 30 days, so that failures of others do not
 * slow it (THREATS T44), also after a restart: what is new is written to the registry by {@link
 * #flush}, and read again only where a login would else be slowed. Bounded. Thread-safe.
 */
public final class KnownAddresses {
  static final Duration KNOWN_FOR = Duration.ofDays(30);
  static final int PER_CREDENTIAL_MAX = 8;
  private static final Duration WRITTEN_AGAIN_AFTER = Duration.ofDays(1);
  private static final Duration STRANGE_FOR = Duration.ofMinutes(1);
  private static final Duration PRUNED_EVERY = Duration.ofHours(1);
  private static final int ENTRIES_MAX = 100_000;
  private static final int BATCH = 500;

  private final KnownAddressStore store;
  private final Clock clock;
  private final SecretKeySpec key;

  /** When the registry was last to be told. */
  private final Cache<Place, Instant> known;

  /**
   * What the registry does not know either, so that a flood of guesses does not ask it each time.
   */
  private final Cache<Place, Boolean> strange;

  private final Map<Place, Instant> unwritten = new ConcurrentHashMap<>();
  private Instant pruned = Instant.MIN;

  private record Place(String credential, AddressBlock address) {}

  public KnownAddresses(KnownAddressStore store, TenantKeys keys, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.key = new SecretKeySpec(keys.purposeKey("known-address"), "HmacSHA256");
    this.known = cache(KNOWN_FOR);
    this.strange = cache(STRANGE_FOR);
  }

  private <V> Cache<Place, V> cache(Duration life) {
    return Caffeine.newBuilder()
        .maximumSize(ENTRIES_MAX)
        .expireAfterWrite(life)
        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
        .build();
  }

  /** Whether this process knows it. */
  boolean isKnown(String credential, InetAddress address) {
    return known.getIfPresent(place(credential, address)) != null;
  }

  /** As {@link #isKnown}, asking the registry where the process does not know. Blocks. */
  boolean recall(String credential, InetAddress address) {
    Place place = place(credential, address);
    if (known.getIfPresent(place) != null) {
      return true;
    }
    if (strange.getIfPresent(place) != null) {
      return false;
    }
    Instant oldest = clock.instant().minus(KNOWN_FOR);
    KnownAddress row = row(place, oldest);
    boolean found =
        store.find(row.credential(), row.address()).filter(oldest::isBefore).isPresent();
    if (found) {
      // The next success is written: its time counts, not that of this attempt.
      known.put(place, Instant.MIN);
    } else {
      strange.put(place, Boolean.TRUE);
    }
    return found;
  }

  void succeeded(String credential, InetAddress address) {
    Place place = place(credential, address);
    Instant now = clock.instant();
    Instant told = known.getIfPresent(place);
    if (told == null || told.isBefore(now.minus(WRITTEN_AGAIN_AFTER))) {
      boolean room = unwritten.size() < ENTRIES_MAX;
      if (room) {
        unwritten.put(place, now);
      }
      known.put(place, room ? now : Instant.MIN);
    }
  }

  /**
   * Writes what is new, and forgets what is old once an hour. One thread at a time; a failure
   * leaves the rest for the next call.
   */
  public synchronized void flush() {
    List<Map.Entry<Place, Instant>> waiting = List.copyOf(unwritten.entrySet());
    for (int from = 0; from < waiting.size(); from += BATCH) {
      List<Map.Entry<Place, Instant>> batch =
          waiting.subList(from, Math.min(from + BATCH, waiting.size()));
      store.put(
          batch.stream().map(entry -> row(entry.getKey(), entry.getValue())).toList(),
          PER_CREDENTIAL_MAX);
      batch.forEach(entry -> unwritten.remove(entry.getKey(), entry.getValue()));
    }
    Instant now = clock.instant();
    if (pruned.isBefore(now.minus(PRUNED_EVERY))) {
      store.deleteBefore(now.minus(KNOWN_FOR));
      pruned = now;
    }
  }

  private static Place place(String credential, InetAddress address) {
    return new Place(credential, AddressBlock.only(address));
  }

  private KnownAddress row(Place place, Instant seen) {
    return new KnownAddress(
        mac("c:" + place.credential()),
        mac("a:" + place.address().networkHex() + ":" + place.credential()),
        seen);
  }

  private String mac(String text) {
    byte[] mac = HashKeys.mac(key, text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(mac, 0, 16);
  }
}
