package io.sallyport.watson.rest;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.UriUtils;

/**
 * The old Java client builds {@code /historian//devices} (watson-iot.md section 9.4): repeated
 * slashes count as one on this API's paths. It stands before the security chain, which sees the
 * path as it will be matched. What the firewall of that chain would refuse is refused here, in the
 * contract's words.
 */
final class RepeatedSlashes extends OncePerRequestFilter {
  private static final Pattern SLASHES = Pattern.compile("/{2,}");

  private final StrictHttpFirewall firewall = new StrictHttpFirewall();

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String path = request.getRequestURI();
    String single = path.contains("//") ? SLASHES.matcher(path).replaceAll("/") : path;
    if (!single.startsWith(WatsonPaths.BASE)) {
      chain.doFilter(request, response);
      return;
    }
    HttpServletRequest asked = single.equals(path) ? request : new SinglePath(request, single);
    try {
      firewall.getFirewalledRequest(asked);
    } catch (RequestRejectedException rejected) {
      ApiLogin.write(
          response,
          HttpMethod.TRACE.matches(request.getMethod())
              ? ApiProblem.of(405, "The method is not allowed.")
              : ApiProblem.invalid("The path is not well-formed."));
      return;
    }
    chain.doFilter(asked, response);
  }

  private static final class SinglePath extends HttpServletRequestWrapper {
    private final String path;

    SinglePath(HttpServletRequest request, String path) {
      super(request);
      this.path = path;
    }

    @Override
    public String getRequestURI() {
      return path;
    }

    @Override
    public StringBuffer getRequestURL() {
      StringBuffer url = new StringBuffer(64);
      url.append(getScheme()).append("://").append(getServerName());
      return url.append(':').append(getServerPort()).append(path);
    }

    /** From the path itself: Jetty gives none for a path that it holds to be ambiguous. */
    @Override
    public String getServletPath() {
      return UriUtils.decode(path, StandardCharsets.UTF_8);
    }

    /** The dispatcher is mapped to everything, so all of the path is the servlet's. */
    @Override
    public @Nullable String getPathInfo() {
      return null;
    }
  }
}
