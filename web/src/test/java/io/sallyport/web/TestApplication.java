package io.sallyport.web;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.command.CommandService;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.ApiKeys;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.web.api.BackupRequests;
import io.sallyport.web.api.NativeApiConfiguration;
import io.sallyport.web.api.Tenants;
import io.sallyport.web.login.DoorConfiguration;
import io.sallyport.web.openapi.OpenApiConfiguration;
import io.sallyport.web.operation.OperationConfiguration;
import io.sallyport.web.operation.ReadinessCheck;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
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
  Clock clock() {
    return Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);
  }

  @Bean
  TestPlatform platform(Clock clock) {
    return new TestPlatform(clock);
  }

  @Bean
  AccessPolicy policy(TestPlatform platform) {
    return platform.policy;
  }

  @Bean
  KeyAuthenticator authenticator(TestPlatform platform) {
    return platform.authenticator;
  }

  @Bean
  ApiKeys apiKeys(TestPlatform platform) {
    return platform.apiKeys;
  }

  @Bean
  DeviceRegistry registry(TestPlatform platform) {
    return platform.registry;
  }

  @Bean
  DeviceStore devices(TestPlatform platform) {
    return platform.devices;
  }

  @Bean
  TelemetryStore telemetryStore(TestPlatform platform) {
    return platform.telemetry;
  }

  @Bean
  TelemetryIngest telemetryIngest(TestPlatform platform) {
    return platform.ingest;
  }

  @Bean
  CommandService commands(TestPlatform platform) {
    return platform.commands;
  }

  @Bean
  AuditLog auditLog(TestPlatform platform) {
    return platform.audit;
  }

  @Bean
  AuditStore auditStore(TestPlatform platform) {
    return platform.auditStore;
  }

  @Bean
  Tenants tenants(TestPlatform platform) {
    return platform.tenants;
  }

  @Bean
  TenantKeys tenantKeys(TestPlatform platform) {
    return platform.tenantKeys;
  }

  @Bean
  LiveConnections connections(TestPlatform platform) {
    return platform.connections;
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
