package io.sallyport.web.login;

import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
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
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Settles who is speaking, from an API key or operator key, before anything else is looked at. */
final class KeyLoginFilter extends OncePerRequestFilter {
  private final KeyAuthenticator authenticator;
  private final ProblemAnswers answers;
  private final ProblemWriter writer;
  private final boolean required;

  /**
   * @param required whether a request without credential is refused here; where not, it goes on
   *     without a principal
   */
  KeyLoginFilter(
      KeyAuthenticator authenticator,
      ProblemAnswers answers,
      ProblemWriter writer,
      boolean required) {
    this.authenticator = authenticator;
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
        chain.doFilter(request, response);
      }
      case Authentication.Rejected rejected -> {
        ApiProblem problem = answers.loginRefused(rejected.refusal(), rejected.tryLater());
        writer.write(response, problem);
      }
    }
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
