package io.sallyport.web;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.platform.audit.AuditCheckpoints;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.audit.NewestCheckpoint;
import io.sallyport.platform.command.CommandService;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.device.Tenants;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.ApiKeys;
import io.sallyport.platform.identity.HashKeyRing;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.space.PlainSpaces;
import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.web.api.BackupRequests;
import io.sallyport.web.api.NativeApiConfiguration;
import io.sallyport.web.login.DoorConfiguration;
import io.sallyport.web.openapi.OpenApiConfiguration;
import io.sallyport.web.operation.OperationConfiguration;
import io.sallyport.web.operation.PostureCheck;
import io.sallyport.web.operation.ReadinessCheck;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The room as {@code server} wires it, on an in-memory platform. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({
  DoorConfiguration.class,
  NativeApiConfiguration.class,
  OperationConfiguration.class,
  OpenApiConfiguration.class
})
class TestApplication {
  @Bean
  WebConfig webConfig() {
    return WebConfig.DEFAULT;
  }

  @Bean
  Clock clock(TestPlatform platform) {
    return platform.fixture.clock;
  }

  @Bean
  TestPlatform platform() {
    return new TestPlatform();
  }

  @Bean
  AccessPolicy policy(TestPlatform platform) {
    return platform.fixture.policy;
  }

  @Bean
  KeyAuthenticator authenticator(TestPlatform platform) {
    return platform.authenticator;
  }

  @Bean
  ApiKeys apiKeys(TestPlatform platform) {
    return platform.fixture.apiKeys;
  }

  @Bean
  PlainSpaces plainSpaces(TestPlatform platform) {
    return platform.fixture.plainSpaces;
  }

  @Bean
  DeviceRegistry registry(TestPlatform platform) {
    return platform.fixture.registry;
  }

  @Bean
  DeviceStore devices(TestPlatform platform) {
    return platform.fixture.deviceStore;
  }

  @Bean
  TelemetryStore telemetryStore(TestPlatform platform) {
    return platform.telemetry;
  }

  @Bean
  TelemetryIngest telemetryIngest(TestPlatform platform) {
    return platform.ingest;
  }

  /** As the server's, but those who wait for it give up soon. */
  @Bean
  ReadBudget readBudget(MeterRegistry meters) {
    ReadBudget.Limits limits = ReadBudget.Limits.DEFAULT;
    return new ReadBudget(
        new ReadBudget.Limits(limits.bytesMax(), limits.tenantBytesMax(), Duration.ofMillis(1)),
        meters);
  }

  @Bean
  BodyBudget bodyBudget(MeterRegistry meters) {
    return new BodyBudget(BodyBudget.Limits.DEFAULT, meters);
  }

  @Bean
  CommandService commands(TestPlatform platform) {
    return platform.fixture.commands;
  }

  @Bean
  AuditLog auditLog(TestPlatform platform) {
    return platform.fixture.audit;
  }

  @Bean
  AuditStore auditStore(TestPlatform platform) {
    return platform.fixture.auditStore;
  }

  @Bean
  AuditCheckpoints auditCheckpoints(TestPlatform platform) {
    return new AuditCheckpoints(
        platform.fixture.auditStore,
        platform.fixture.transactions,
        platform.fixture.tenantKeys,
        platform.fixture.clock);
  }

  @Bean
  NewestCheckpoint newestCheckpoint() {
    return () -> 17;
  }

  @Bean
  HashKeyRing hashKeyRing(TestPlatform platform) {
    return platform.fixture.hashKeyRing;
  }

  @Bean
  PostureCheck checkpointPosture() {
    return new PostureCheck() {
      @Override
      public String name() {
        return "audit-checkpoints";
      }

      @Override
      public Optional<String> finding() {
        return Optional.of("not-configured");
      }
    };
  }

  @Bean
  Tenants tenants(TestPlatform platform) {
    return platform.fixture.tenants;
  }

  @Bean
  TenantKeys tenantKeys(TestPlatform platform) {
    return platform.fixture.tenantKeys;
  }

  @Bean
  LiveConnections connections(TestPlatform platform) {
    return platform.fixture.connections;
  }

  @Bean
  BackupRequests backups() {
    return actor -> new BackupRequests.WrittenBackup("backup-1", 4096);
  }

  @Bean
  ReadinessCheck storageReadiness(TestPlatform platform) {
    return new ReadinessCheck() {
      @Override
      public String name() {
        return "storage";
      }

      @Override
      public Optional<String> problem() {
        return Optional.ofNullable(platform.unreadyReason());
      }
    };
  }
}
