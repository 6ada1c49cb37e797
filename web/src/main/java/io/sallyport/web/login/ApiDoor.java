package io.sallyport.web.login;

import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.web.WebConfig;
import io.sallyport.web.problem.ProblemAnswers;
import io.sallyport.web.problem.ProblemWriter;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.header.writers.StaticHeadersWriter;

/**
 * Builds the filter chains of this room. All are stateless: no session, no cookie, no remembered
 * request; hence no CSRF token, and {@link ForeignOriginFilter} in its place.
 */
public final class ApiDoor {
  private final KeyAuthenticator authenticator;
  private final LiveConnections connections;
  private final BodyBudget bodies;
  private final WebConfig config;
  private final ProblemAnswers answers;
  private final ProblemWriter writer;

  public ApiDoor(
      KeyAuthenticator authenticator,
      LiveConnections connections,
      BodyBudget bodies,
      WebConfig config,
      ProblemAnswers answers,
      ProblemWriter writer) {
    this.authenticator = authenticator;
    this.connections = connections;
    this.bodies = bodies;
    this.config = config;
    this.answers = answers;
    this.writer = writer;
  }

  /** Only with login, only over TLS. */
  public SecurityFilterChain loginRequired(HttpSecurity http, String... paths) {
    return keyed(http, true, paths)
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .build();
  }

  /** A credential is checked where one is sent; the controllers decide what they show to whom. */
  public SecurityFilterChain loginOptional(HttpSecurity http, String... paths) {
    return keyed(http, false, paths)
        .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
        .build();
  }

  private HttpSecurity keyed(HttpSecurity http, boolean required, String... paths) {
    return stateless(http.securityMatcher(paths))
        .addFilterAfter(new LastCatchFilter(answers, writer), HeaderWriterFilter.class)
        .addFilterAfter(new TlsFilter(answers, writer, required), LastCatchFilter.class)
        .addFilterAfter(new ForeignOriginFilter(answers, writer), TlsFilter.class)
        .addFilterAfter(
            new KeyLoginFilter(
                authenticator,
                connections,
                bodies,
                config.bodyBytesMax(),
                answers,
                writer,
                required),
            ForeignOriginFilter.class)
        .addFilterAfter(new JsonOnlyFilter(), KeyLoginFilter.class);
  }

  static HttpSecurity stateless(HttpSecurity http) {
    return http.csrf(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .anonymous(AbstractHttpConfigurer::disable)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .headers(headers ->
            headers
                .cacheControl(cache -> cache.disable())
                .addHeaderWriter(new StaticHeadersWriter(HttpHeaders.CACHE_CONTROL, "no-store"))
                .contentSecurityPolicy(
                    policy -> policy.policyDirectives("default-src 'none'; sandbox"))
                .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER)));
  }
}
