package io.sallyport.web.hop;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;

/**
 * On connections whose listener serves only messaging (8883), answers every other request with 404.
 * To be registered for all paths and dispatches, before Spring Security. What it lets through is
 * the list of contracts/watson-iot section 8, not everything below its prefixes: device management
 * lives there too ({@code GET /api/v0002/device/types}), and belongs to the HTTPS port.
 */
public final class MessagingOnlyFilter extends HttpFilter implements Ordered {
  private static final Pattern MESSAGING =
      Pattern.compile(
          "/api/v0002/(?:device|application)/types/[^/]+/devices/[^/]+"
              + "/(?:events/[^/]+|commands/[^/]+(?:/request)?)/?");

  private static final byte[] NOT_FOUND =
      "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404}"
          .getBytes(StandardCharsets.US_ASCII);

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!PeerRecord.of(request).messagingOnly() || isMessaging(request)) {
      chain.doFilter(request, response);
      return;
    }
    response.setStatus(HttpServletResponse.SC_NOT_FOUND);
    response.setContentType("application/problem+json");
    response.setContentLength(NOT_FOUND.length);
    response.getOutputStream().write(NOT_FOUND);
  }

  /** Both readings of the path must agree, as sent and as decoded: routers differ in which. */
  private static boolean isMessaging(HttpServletRequest request) {
    // As sent first: Jetty decodes no path that it holds to be ambiguous.
    return request.getMethod().equals("POST")
        && MESSAGING.matcher(request.getRequestURI()).matches()
        && MESSAGING.matcher(decodedPath(request)).matches();
  }

  private static String decodedPath(HttpServletRequest request) {
    String info = request.getPathInfo();
    return request.getServletPath() + (info == null ? "" : info);
  }
}
