package io.sallyport.web.operation;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.web.login.ApiDoor;
import io.sallyport.web.problem.ProblemAnswers;
import io.sallyport.web.problem.ProblemResolver;
import io.sallyport.web.problem.ProblemWriter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Wires health, readiness and metrics. Collects all {@link ReadinessCheck} and {@link PostureCheck}
 * beans; offers the {@link PrometheusMeterRegistry} that the other rooms count in. Needs {@code
 * login.DoorConfiguration}.
 */
@Configuration(proxyBeanMethods = false)
public class OperationConfiguration {
  /** Tags that would name somebody in a metric; they are dropped (THREATS T48). */
  private static final String[] NAMING_TAGS = {
    "tenant", "org", "type", "device", "user", "key", "client", "clientId", "topic", "uri"
  };

  @Bean(destroyMethod = "close")
  PrometheusMeterRegistry meterRegistry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().meterFilter(MeterFilter.ignoreTags(NAMING_TAGS));
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    return registry;
  }

  @Bean
  JvmGcMetrics jvmGcMetrics(PrometheusMeterRegistry registry) {
    JvmGcMetrics collections = new JvmGcMetrics();
    collections.bindTo(registry);
    return collections;
  }

  @Bean
  @Order(110)
  SecurityFilterChain operationDoor(HttpSecurity http, ApiDoor door) {
    return door.loginOptional(http, "/health", "/ready", "/metrics");
  }

  @Bean
  ProblemResolver metricsProblems(ProblemAnswers answers, ProblemWriter writer) {
    return new ProblemResolver("/metrics", answers, writer);
  }

  @Bean
  HealthResource healthResource(
      ObjectProvider<ReadinessCheck> checks, ObjectProvider<PostureCheck> posture) {
    return new HealthResource(checks.orderedStream().toList(), posture.orderedStream().toList());
  }

  @Bean
  MetricsResource metricsResource(PrometheusMeterRegistry registry, AccessPolicy policy) {
    return new MetricsResource(registry, policy);
  }
}
