package io.sallyport.store.rocksdb;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.mqtt.Scope;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** A session store over a log's database, as a process would have them. */
final class SessionFixture implements AutoCloseable {
  static final SessionStoreLimits LIMITS =
      new SessionStoreLimits(
          10_000, 8 << 20, 500, 1 << 20, Duration.ofMillis(20), 256, Duration.ofSeconds(2));

  final StoreFixture log;
  final RocksSessionStore sessions;

  SessionFixture(Path folder) {
    this(new StoreFixture(folder), LIMITS);
  }

  SessionFixture(StoreFixture log, SessionStoreLimits limits) {
    this.log = log;
    try {
      this.sessions =
          new RocksSessionStore(
              log.store,
              limits,
              new TenantContentSeal(log.keys, SessionFixture::tenant),
              Clock.systemUTC(),
              Thread.ofPlatform().factory(),
              new SimpleMeterRegistry());
    } catch (RuntimeException refused) {
      log.close();
      throw refused;
    }
  }

  /** Scopes of tests are numbered as their tenants. */
  static int tenant(Scope scope) {
    return Math.toIntExact(scope.number());
  }

  @Override
  public void close() {
    try (StoreFixture _ = log) {
      sessions.close();
    }
  }
}
