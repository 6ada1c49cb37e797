package io.sallyport.server.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.platform.telemetry.BatchingIngest;
import io.sallyport.platform.telemetry.IngestLimits;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.telemetry.Retention;
import io.sallyport.platform.telemetry.StorageHealth;
import io.sallyport.platform.telemetry.TelemetryFeed;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.web.operation.ReadinessCheck;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The way in of events, and how long they stay. */
@Configuration(proxyBeanMethods = false)
class TelemetryConfiguration {
  @Bean(initMethod = "start", destroyMethod = "close")
  BatchingIngest telemetryIngest(
      TelemetryStore store,
      ServerConfig config,
      Clock clock,
      ThreadFactory threads,
      MeterRegistry meters) {
    IngestLimits limits = IngestLimits.DEFAULT;
    return new BatchingIngest(
        store,
        new IngestLimits(
            config.limits().ingestEvents(),
            config.limits().ingestBytes(),
            limits.batchEventsMax(),
            limits.batchBytesMax(),
            limits.feedBatchesMax(),
            limits.stopMax()),
        clock,
        threads,
        meters);
  }

  /** One for all rooms: what they hold for readers adds up. */
  @Bean
  ReadBudget readBudget(MeterRegistry meters) {
    return new ReadBudget(ReadBudget.Limits.DEFAULT, meters);
  }

  @Bean
  TelemetryFeed telemetryFeed(BatchingIngest ingest) {
    return ingest.feed();
  }

  @Bean
  ScheduledFuture<?> retentionRounds(
      TenantStore tenants, TelemetryStore store, Clock clock, Rounds rounds) {
    return rounds.every(Retention.INTERVAL, "retention", new Retention(tenants, store, clock));
  }

  @Bean
  ReadinessCheck storageReady(BatchingIngest ingest) {
    return new ReadinessCheck() {
      @Override
      public String name() {
        return "storage";
      }

      @Override
      public Optional<String> problem() {
        StorageHealth health = ingest.health();
        return health.problem().map(problem -> problem.text());
      }
    };
  }
}
