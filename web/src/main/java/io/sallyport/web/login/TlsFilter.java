package io.sallyport.web.login;

import io.sallyport.web.problem.ProblemAnswers;
import io.sallyport.web.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses credentials in clear, before they are looked at. */
final class TlsFilter extends OncePerRequestFilter {
  private final ProblemAnswers answers;
  private final ProblemWriter writer;
  private final boolean required;

  /**
   * @param required whether requests without a credential need TLS too
   */
  TlsFilter(ProblemAnswers answers, ProblemWriter writer, boolean required) {
    this.answers = answers;
    this.writer = writer;
    this.required = required;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.isSecure() || (!required && request.getHeader(HttpHeaders.AUTHORIZATION) == null)) {
      chain.doFilter(request, response);
      return;
    }
    writer.write(
        response,
        answers.refused(
            request,
            HttpStatus.FORBIDDEN,
            "tls-required",
            "this is served over TLS only",
            "Use the https address; change the token if it was sent in clear."));
  }
}
