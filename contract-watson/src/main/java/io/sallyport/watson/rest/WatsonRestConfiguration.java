package io.sallyport.watson.rest;

import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.tenant.HostHint;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.watson.DeviceDirectory;
import io.sallyport.watson.Refusals;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.status.ConnectionLog;
import java.time.Clock;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;

/**
 * The Watson REST API in Spring's words. Import it; it needs one bean of {@link WatsonRestParts},
 * and declares nothing outside {@code /api/v0002}.
 */
@Configuration(proxyBeanMethods = false)
public class WatsonRestConfiguration {
  /**
   * What the server hands over.
   *
   * @param directory and {@code connectionLog}: those of the MQTT side
   * @param domain the installation's domain: {@code <org>.<domain>} are its hosts
   */
  public record WatsonRestParts(
      WatsonPlatform platform,
      ReadBudget readBudget,
      BodyBudget bodyBudget,
      DeviceDirectory directory,
      ConnectionLog connectionLog,
      TenantKeys keys,
      String domain,
      Clock clock) {}

  /** No session, no CSRF token (the credential comes with every request), everything logged in. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE + 100)
  SecurityFilterChain watsonSecurity(HttpSecurity http, WatsonRestParts parts) throws Exception {
    HostHint hosts = new HostHint(parts.domain(), parts.platform().tenants());
    ApiLogin login =
        new ApiLogin(
            parts.platform(), hosts, new Refusals(parts.platform().audit()), parts.bodyBudget());
    return http.securityMatcher(WatsonPaths.BASE, WatsonPaths.BASE + "/**")
        .csrf(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .anonymous(AbstractHttpConfigurer::disable)
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterBefore(login, AuthorizationFilter.class)
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .build();
  }

  /** Before the security chain, which refuses repeated slashes. */
  @Bean
  FilterRegistrationBean<RepeatedSlashes> watsonRepeatedSlashes() {
    FilterRegistrationBean<RepeatedSlashes> registration =
        new FilterRegistrationBean<>(new RepeatedSlashes());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
    return registration;
  }

  @Bean
  ErrorAdvice watsonErrors() {
    return new ErrorAdvice();
  }

  @Bean
  OrganizationController watsonOrganization(WatsonRestParts parts) {
    return new OrganizationController(parts.platform());
  }

  @Bean
  DeviceTypeController watsonDeviceTypes(WatsonRestParts parts) {
    return new DeviceTypeController(parts.platform().registry(), bookmarks(parts));
  }

  @Bean
  DeviceController watsonDevices(WatsonRestParts parts) {
    return new DeviceController(parts.platform().registry(), parts.directory(), bookmarks(parts));
  }

  @Bean
  LastEventController watsonLastEvents(WatsonRestParts parts) {
    return new LastEventController(parts.platform(), leases(parts), parts.clock());
  }

  @Bean
  HistorianController watsonHistorian(WatsonRestParts parts) {
    return new HistorianController(parts.platform(), leases(parts), bookmarks(parts));
  }

  @Bean
  HttpMessagingController watsonHttpMessaging(WatsonRestParts parts) {
    return new HttpMessagingController(
        parts.platform(), parts.directory(), new Refusals(parts.platform().audit()), parts.clock());
  }

  @Bean
  ApiKeyController watsonApiKeys(WatsonRestParts parts) {
    return new ApiKeyController(parts.platform().apiKeys(), bookmarks(parts));
  }

  @Bean
  ConnectionLogController watsonConnectionLog(WatsonRestParts parts) {
    return new ConnectionLogController(parts.platform(), parts.connectionLog(), bookmarks(parts));
  }

  private static AnswerLeases leases(WatsonRestParts parts) {
    return new AnswerLeases(parts.readBudget());
  }

  private static Bookmarks bookmarks(WatsonRestParts parts) {
    return new Bookmarks(parts.keys());
  }
}
