package io.sallyport.web.api;

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
import io.sallyport.platform.space.PlainSpaces;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.web.WebConfig;
import io.sallyport.web.json.ApiJsonMapper;
import io.sallyport.web.json.EmbeddedJson;
import io.sallyport.web.login.ApiDoor;
import io.sallyport.web.problem.ProblemAnswers;
import io.sallyport.web.problem.ProblemResolver;
import io.sallyport.web.problem.ProblemWriter;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Wires the native REST API. Needs beans of the platform's interfaces, a {@link ReadBudget}, a
 * {@link WebConfig}, a {@link Clock}, and {@code login.DoorConfiguration}.
 */
@Configuration(proxyBeanMethods = false)
public class NativeApiConfiguration {
  /** Where the API lives. */
  public static final String PATH = "/api/v1";

  @Bean
  @Order(100)
  SecurityFilterChain nativeApiDoor(HttpSecurity http, ApiDoor door) {
    return door.loginRequired(http, PATH + "/**");
  }

  @Bean
  ProblemResolver nativeApiProblems(ProblemAnswers answers, ProblemWriter writer) {
    return new ProblemResolver(PATH, answers, writer);
  }

  @Bean
  EmbeddedJson embeddedJson() {
    return new EmbeddedJson();
  }

  @Bean
  AnswerBudget answerBudget(ReadBudget budget, WebConfig config) {
    return new AnswerBudget(budget, config);
  }

  @Bean
  WebMvcConfigurer answerBudgetReleases(AnswerBudget budget) {
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(budget).addPathPatterns(PATH + "/**");
      }
    };
  }

  @Bean
  Listings listings(TenantKeys keys, AnswerBudget budget, WebConfig config) {
    return new Listings(new Cursors(keys.purposeKey("cursor")), budget, config);
  }

  @Bean
  DurableAnswers durableAnswers(WebConfig config) {
    return new DurableAnswers(config.durableWait());
  }

  @Bean
  ReadableDevice readableDevice(AccessPolicy policy, DeviceStore devices) {
    return new ReadableDevice(policy, devices);
  }

  @Bean
  TenantResource tenantResource(Tenants tenants, Listings listings) {
    return new TenantResource(tenants, listings);
  }

  @Bean
  DeviceTypeResource deviceTypeResource(
      DeviceRegistry registry, Listings listings, ApiJsonMapper mapper, EmbeddedJson embedded) {
    return new DeviceTypeResource(registry, listings, mapper, embedded);
  }

  @Bean
  DeviceResource deviceResource(
      DeviceRegistry registry, Listings listings, ApiJsonMapper mapper, EmbeddedJson embedded) {
    return new DeviceResource(registry, listings, mapper, embedded);
  }

  @Bean
  EventResource eventResource(
      ReadableDevice devices,
      TelemetryStore store,
      TelemetryIngest ingest,
      DurableAnswers durable,
      Listings listings,
      ApiJsonMapper mapper,
      EmbeddedJson embedded,
      Clock clock,
      WebConfig config) {
    return new EventResource(
        devices, store, ingest, durable, listings, mapper, embedded, clock, config);
  }

  @Bean
  SeriesResource seriesResource(
      ReadableDevice devices, TelemetryStore store, Listings listings, ApiJsonMapper mapper) {
    return new SeriesResource(devices, store, listings, mapper);
  }

  @Bean
  CommandResource commandResource(
      ReadableDevice devices,
      CommandService commands,
      DurableAnswers durable,
      Listings listings,
      ApiJsonMapper mapper,
      EmbeddedJson embedded,
      WebConfig config) {
    return new CommandResource(devices, commands, durable, listings, mapper, embedded, config);
  }

  @Bean
  ConnectionResource connectionResource(ReadableDevice devices, LiveConnections connections) {
    return new ConnectionResource(devices, connections);
  }

  @Bean
  ApiKeyResource apiKeyResource(ApiKeys keys, Listings listings) {
    return new ApiKeyResource(keys, listings);
  }

  @Bean
  SpaceResource spaceResource(PlainSpaces spaces, Listings listings) {
    return new SpaceResource(spaces, listings);
  }

  @Bean
  PlainCredentialResource plainCredentialResource(PlainSpaces spaces, Listings listings) {
    return new PlainCredentialResource(spaces, listings);
  }

  @Bean
  BridgeResource bridgeResource(PlainSpaces spaces, Listings listings) {
    return new BridgeResource(spaces, listings);
  }

  @Bean
  AuditResource auditResource(
      AccessPolicy policy,
      AuditStore store,
      AuditLog log,
      AuditCheckpoints checkpoints,
      NewestCheckpoint newest,
      Listings listings) {
    return new AuditResource(policy, store, log, checkpoints, newest, listings);
  }

  @Bean
  HashKeyResource hashKeyResource(HashKeyRing ring) {
    return new HashKeyResource(ring);
  }

  @Bean
  RefusalResource refusalResource(AccessPolicy policy, AuditLog log) {
    return new RefusalResource(policy, log);
  }

  @Bean
  BackupResource backupResource(AccessPolicy policy, BackupRequests backups) {
    return new BackupResource(policy, backups);
  }
}
