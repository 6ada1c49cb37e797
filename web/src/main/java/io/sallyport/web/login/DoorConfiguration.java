package io.sallyport.web.login;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.web.WebConfig;
import io.sallyport.web.json.ApiJsonConverter;
import io.sallyport.web.json.ApiJsonMapper;
import io.sallyport.web.problem.ProblemAnswers;
import io.sallyport.web.problem.ProblemWriter;
import jakarta.servlet.DispatcherType;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** What all routes of this room share, and the closed door for routes that nobody claims. */
@Configuration(proxyBeanMethods = false)
public class DoorConfiguration {
  private static final Set<String> SERVED_METHODS =
      Set.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE");

  @Bean
  ApiJsonMapper apiJsonMapper() {
    return new ApiJsonMapper();
  }

  @Bean
  ApiJsonConverter apiJsonConverter(ApiJsonMapper mapper, WebConfig config) {
    return new ApiJsonConverter(mapper, config.bodyBytesMax());
  }

  @Bean
  WebMvcConfigurer apiJson(ApiJsonConverter converter) {
    return new WebMvcConfigurer() {
      @Override
      public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
        builder.addCustomConverter(converter);
      }
    };
  }

  @Bean
  ProblemAnswers problemAnswers(AuditLog audit) {
    return new ProblemAnswers(audit);
  }

  @Bean
  ProblemWriter problemWriter(ApiJsonConverter converter, MeterRegistry meters) {
    return new ProblemWriter(converter, meters);
  }

  @Bean
  ApiDoor apiDoor(
      KeyAuthenticator authenticator,
      LiveConnections connections,
      BodyBudget bodies,
      WebConfig config,
      ProblemAnswers answers,
      ProblemWriter writer) {
    return new ApiDoor(authenticator, connections, bodies, config, answers, writer);
  }

  /** What the firewall before all chains refuses: paths that try to climb, and odd methods. */
  @Bean
  RequestRejectedHandler rejectedRequests(ProblemWriter writer) {
    return (request, response, rejected) -> {
      response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
      response.setHeader("X-Content-Type-Options", "nosniff");
      writer.write(
          response,
          SERVED_METHODS.contains(request.getMethod())
              ? ProblemAnswers.malformed()
              : ProblemAnswers.methodNotAllowed());
    };
  }

  /** Deny by default: without this, what no chain claims would pass unguarded. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  SecurityFilterChain closedDoor(HttpSecurity http) {
    return ApiDoor.stateless(http.securityMatcher("/**"))
        .authorizeHttpRequests(requests ->
            requests
                .dispatcherTypeMatchers(DispatcherType.ERROR)
                .permitAll()
                .anyRequest()
                .denyAll())
        .exceptionHandling(refusal ->
            refusal
                .authenticationEntryPoint(new HttpStatusEntryPoint(HttpStatus.NOT_FOUND))
                .accessDeniedHandler((request, response, denied) ->
                    response.setStatus(HttpStatus.NOT_FOUND.value())))
        .build();
  }

  /** Keeps Spring Boot from making a user with a printed password. */
  @Bean
  AuthenticationManager noPasswordLogin() {
    return login -> {
      throw new BadCredentialsException("no login by password here");
    };
  }
}
