package io.sallyport.server.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.platform.telemetry.BatchingIngest;
import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.platform.telemetry.IngestLimits;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.telemetry.Retention;
import io.sallyport.platform.telemetry.StorageHealth;
import io.sallyport.platform.telemetry.TelemetryFeed;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.web.WebConfig;
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
      HeapShares heap,
      Clock clock,
      ThreadFactory threads,
      MeterRegistry meters) {
    IngestLimits limits = IngestLimits.DEFAULT;
    long feedBytesMax = heap.atMostAnEighth(limits.feedBatchesMax() * limits.batchBytesMax());
    return new BatchingIngest(
        store,
        new IngestLimits(
            config.limits().ingestEvents(),
            heap.atMostAnEighth(config.limits().ingestBytes()),
            limits.batchEventsMax(),
            limits.batchBytesMax(),
            Math.toIntExact(Math.max(1, feedBytesMax / limits.batchBytesMax())),
            limits.stopMax()),
        clock,
        threads,
        meters);
  }

  /** One for all rooms: what they hold for readers adds up. */
  @Bean
  ReadBudget readBudget(HeapShares heap, MeterRegistry meters) {
    ReadBudget.Limits wanted = ReadBudget.Limits.DEFAULT;
    // One tenant's share stays: readers count on getting it in one piece.
    long bytesMax = Math.max(wanted.tenantBytesMax(), heap.atMostAnEighth(wanted.bytesMax()));
    return new ReadBudget(
        new ReadBudget.Limits(bytesMax, wanted.tenantBytesMax(), wanted.waitMax()), meters);
  }

  /** One for all rooms, too. A quarter of it has room for the largest body of any of them. */
  @Bean
  BodyBudget bodyBudget(HeapShares heap, WebConfig web, MeterRegistry meters) {
    long largest = (long) BodyBudget.HELD_PER_BYTE * (web.bodyBytesMax() + 1);
    return new BodyBudget(
        BodyBudget.Limits.of(
            Math.max(4 * largest, heap.atMostAnEighth(BodyBudget.Limits.DEFAULT.bytesMax()))),
        meters);
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
