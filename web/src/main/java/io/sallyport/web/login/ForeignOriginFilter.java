package io.sallyport.web.login;

import io.sallyport.web.problem.ProblemAnswers;
import io.sallyport.web.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses writes that a browser sends on behalf of another site: it would add the Basic credentials
 * it remembers (THREATS T48). Another host below our own domain is foreign too.
 */
final class ForeignOriginFilter extends OncePerRequestFilter {
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final ProblemAnswers answers;
  private final ProblemWriter writer;

  ForeignOriginFilter(ProblemAnswers answers, ProblemWriter writer) {
    this.answers = answers;
    this.writer = writer;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (READS.contains(request.getMethod()) || !isForeign(request)) {
      chain.doFilter(request, response);
      return;
    }
    writer.write(
        response,
        answers.refused(
            request,
            HttpStatus.FORBIDDEN,
            "foreign-origin",
            "writes from another site are refused",
            "Call the API from a program, or from a page of the same origin."));
  }

  private static boolean isForeign(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null && !OWN_SITES.contains(site.toLowerCase(Locale.ROOT))) {
      return true;
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    return origin != null && !origin.equalsIgnoreCase(ownOrigin(request));
  }

  private static @Nullable String ownOrigin(HttpServletRequest request) {
    String host = request.getHeader(HttpHeaders.HOST);
    if (host == null) {
      return null;
    }
    String scheme = request.isSecure() ? "https" : "http";
    String defaultPort = request.isSecure() ? ":443" : ":80";
    // RFC 6454 §6.2: an origin leaves the scheme's own port out.
    return scheme
        + "://"
        + (host.endsWith(defaultPort)
            ? host.substring(0, host.length() - defaultPort.length())
            : host);
  }
}
