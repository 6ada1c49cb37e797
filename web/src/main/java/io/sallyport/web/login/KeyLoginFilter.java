package io.sallyport.web.login;

import io.sallyport.platform.base.Payload;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.device.LiveRequest;
import io.sallyport.platform.device.RequestConnection;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.web.problem.ApiProblem;
import io.sallyport.web.problem.ProblemAnswers;
import io.sallyport.web.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Settles who is speaking, from an API key or operator key, before anything else is looked at; then
 * reads what they send, out of a budget.
 */
final class KeyLoginFilter extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(KeyLoginFilter.class);

  /** Their bodies mean nothing (RFC 9110 §9.3.1) and are not read. */
  private static final Set<String> BODILESS = Set.of("GET", "HEAD");

  private final KeyAuthenticator authenticator;
  private final LiveConnections connections;
  private final BodyBudget bodies;
  private final int bytesMax;
  private final ProblemAnswers answers;
  private final ProblemWriter writer;
  private final boolean required;

  /**
   * @param bytesMax largest body that is read
   * @param required whether a request without credential is refused here; where not, it goes on
   *     without a principal
   */
  KeyLoginFilter(
      KeyAuthenticator authenticator,
      LiveConnections connections,
      BodyBudget bodies,
      int bytesMax,
      ProblemAnswers answers,
      ProblemWriter writer,
      boolean required) {
    this.authenticator = authenticator;
    this.connections = connections;
    this.bodies = bodies;
    this.bytesMax = bytesMax;
    this.answers = answers;
    this.writer = writer;
    this.required = required;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null && !required) {
      chain.doFilter(request, response);
      return;
    }
    Optional<BasicCredentials> credentials =
        Optional.ofNullable(header).flatMap(BasicCredentials::parse);
    if (credentials.isEmpty()) {
      writer.write(
          response,
          answers.refused(
              request,
              HttpStatus.UNAUTHORIZED,
              "unauthenticated",
              "a key and its token are required",
              "Send an API key or operator key with its token by HTTP Basic."));
      return;
    }
    Authentication outcome =
        authenticator.authenticate(
            credentials.get().key(), credentials.get().token(), source(request));
    switch (outcome) {
      case Authentication.Granted granted -> {
        logIn(granted.principal());
        serve(granted, request, response, chain);
      }
      case Authentication.Rejected rejected -> {
        ApiProblem problem = answers.loginRefused(rejected.refusal(), rejected.tryLater());
        writer.write(response, problem);
      }
    }
  }

  /**
   * THREATS T31: the request is among the live ones before the versions are read again, so that a
   * revocation either finds it there or is seen here; and once more when its body came, which may
   * take minutes, before anything is done for it.
   */
  private void serve(
      Authentication.Granted granted,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws ServletException, IOException {
    Principal principal = granted.principal();
    try (LiveRequest live =
            LiveRequest.begin(
                connections,
                principal,
                () -> authenticator.currentVersions(principal).equals(granted.versions()),
                request.getAttribute(RequestConnection.ATTRIBUTE));
        BodyBudget.Lease lease = bodies.lease(principal)) {
      if (!live.holds()) {
        writer.write(response, changed(request));
        return;
      }
      BodyBudget.Outcome sent;
      try {
        sent = body(request, lease);
      } catch (IOException brokenOff) {
        log.debug("a body did not come whole", brokenOff);
        response.setHeader(HttpHeaders.CONNECTION, "close");
        writer.write(response, ProblemAnswers.bodyBrokenOff());
        return;
      }
      switch (sent) {
        case BodyBudget.Outcome.Whole(Payload body) when body.size() == 0 || live.holds() ->
            chain.doFilter(new ReadRequest(request, body), response);
        case BodyBudget.Outcome.Whole _ -> writer.write(response, changed(request));
        case BodyBudget.Outcome.TooLarge(boolean ofReader) ->
            writer.write(
                response, ofReader ? uselessBody(request) : ProblemAnswers.bodyTooLarge(bytesMax));
        case BodyBudget.Outcome.NoRoom _ -> {
          response.setHeader(HttpHeaders.CONNECTION, "close");
          writer.write(response, ProblemAnswers.tooMuchIsSent());
        }
      }
    }
  }

  private BodyBudget.Outcome body(HttpServletRequest request, BodyBudget.Lease lease)
      throws IOException {
    return BODILESS.contains(request.getMethod())
        ? new BodyBudget.Outcome.Whole(Payload.EMPTY)
        : lease.read(request.getInputStream(), request.getContentLengthLong(), bytesMax);
  }

  private ApiProblem changed(HttpServletRequest request) {
    return answers.refused(
        request,
        HttpStatus.UNAUTHORIZED,
        "unauthenticated",
        "the key or its token was not accepted",
        "The key or its tenant was changed or revoked while the request was under way; send it"
            + " again with a valid key.");
  }

  private ApiProblem uselessBody(HttpServletRequest request) {
    return answers.refused(
        request,
        HttpStatus.FORBIDDEN,
        "forbidden",
        "this principal may not do that",
        "The key may only read, so no body of this size is taken from it.");
  }

  private static void logIn(Principal principal) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(new KeyLogin(principal));
    SecurityContextHolder.setContext(context);
  }

  private static LoginSource source(HttpServletRequest request) {
    // Fails loudly if the connector has no peer address: throttles rest on it (THREATS T44, T16).
    InetAddress address = InetAddress.ofLiteral(request.getRemoteAddr());
    return new LoginSource(
        new InetSocketAddress(address, Math.max(0, request.getRemotePort())),
        request.isSecure() ? "https" : "http",
        request.isSecure());
  }
}
