package io.sallyport.watson.rest;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.LiveRequest;
import io.sallyport.platform.device.RequestConnection;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.platform.tenant.HostHint;
import io.sallyport.watson.Refusals;
import io.sallyport.watson.Refusals.Rule;
import io.sallyport.watson.WatsonPlatform;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.UriUtils;

/**
 * Settles who makes a request of {@code /api/v0002}: HTTP Basic with an API key, or the device and
 * gateway forms of watson-iot.md section 8, over TLS only. Every request is judged by its own
 * header; nothing is kept in a session.
 */
final class ApiLogin extends OncePerRequestFilter {
  /** watson-iot.md section 9.3: more is 413. */
  static final int BODY_BYTES_MAX = 512 * 1024;

  private static final Logger log = LoggerFactory.getLogger(ApiLogin.class);

  private static final Set<String> READS = Set.of("GET", "HEAD");
  private static final String TOKEN_USER = "use-token-auth";

  private final WatsonPlatform platform;
  private final HostHint hosts;
  private final Refusals refusals;
  private final BodyBudget bodies;

  ApiLogin(WatsonPlatform platform, HostHint hosts, Refusals refusals, BodyBudget bodies) {
    this.platform = platform;
    this.hosts = hosts;
    this.refusals = refusals;
    this.bodies = bodies;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Login login;
    try {
      login = login(request);
    } catch (ApiProblem refused) {
      write(response, refused);
      return;
    } catch (ProblemException failure) {
      write(response, ErrorAdvice.contractForm(failure.problem()));
      return;
    }
    // THREATS T31: among the live ones before the versions are read again, so that a revocation
    // either finds the request there or is seen by the caller's check.
    try (LiveRequest live =
            LiveRequest.begin(
                platform.live(),
                login.principal(),
                () -> currentVersions(login.principal()).equals(login.versions()),
                request.getAttribute(RequestConnection.ATTRIBUTE));
        BodyBudget.Lease lease = bodies.lease(login.principal())) {
      serve(login.principal(), live, lease, request, response, chain);
    }
  }

  private void serve(
      Principal.OfTenant principal,
      LiveRequest live,
      BodyBudget.Lease lease,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws ServletException, IOException {
    Caller caller;
    try {
      caller = caller(principal, live, lease, request);
    } catch (ApiProblem refused) {
      write(response, refused);
      return;
    } catch (ProblemException failure) {
      write(response, ErrorAdvice.contractForm(failure.problem()));
      return;
    }
    request.setAttribute(Caller.ATTRIBUTE, caller);
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        UsernamePasswordAuthenticationToken.authenticated(
            caller.principal().auditName(), null, List.of()));
    SecurityContextHolder.setContext(context);
    try {
      chain.doFilter(request, response);
    } finally {
      AnswerLeases.release(request);
      SecurityContextHolder.clearContext();
    }
  }

  private record Login(Principal.OfTenant principal, CredentialVersions versions) {}

  private CredentialVersions currentVersions(Principal.OfTenant principal) {
    return principal instanceof Principal.Device device
        ? platform.deviceLogins().currentVersions(device)
        : platform.keyLogins().currentVersions(principal);
  }

  private Login login(HttpServletRequest request) {
    if (!request.isSecure()) {
      throw refusal(request, 403, Rule.INSECURE_REQUEST);
    }
    if (writes(request) && isFromForeignPage(request)) {
      throw refusal(request, 403, Rule.FOREIGN_ORIGIN);
    }
    return authenticated(request);
  }

  private static boolean writes(HttpServletRequest request) {
    return !READS.contains(request.getMethod());
  }

  /** THREATS T31: a body may take minutes; nothing is done for who was revoked meanwhile. */
  private Caller caller(
      Principal.OfTenant principal,
      LiveRequest live,
      BodyBudget.Lease lease,
      HttpServletRequest request) {
    if (!live.holds()) {
      throw refusal(request, 401, Rule.HTTP_CHANGED);
    }
    Payload body = writes(request) ? body(request, lease) : Payload.EMPTY;
    if (body.size() > 0 && !live.holds()) {
      throw refusal(request, 401, Rule.HTTP_CHANGED);
    }
    return new Caller(principal, body, contentType(request));
  }

  /** THREATS T48: browsers send along a login they remember. */
  private static boolean isFromForeignPage(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return true;
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    return origin != null
        && !origin.equalsIgnoreCase("https://" + request.getHeader(HttpHeaders.HOST));
  }

  private Login authenticated(HttpServletRequest request) {
    Credentials credentials =
        credentials(request).orElseThrow(() -> refusal(request, 401, Rule.BAD_LOGIN));
    LoginSource source =
        new LoginSource(
            new InetSocketAddress(request.getRemoteAddr(), request.getRemotePort()),
            "https",
            request.isSecure());
    Authentication login =
        authenticate(request, credentials, source)
            .orElseThrow(() -> refusal(request, 401, Rule.BAD_LOGIN));
    return switch (login) {
      case Authentication.Rejected rejected ->
          throw ApiProblem.refused(rejected.tryLater() ? 429 : 401, rejected.refusal());
      case Authentication.Granted granted -> {
        // THREATS T15: the host name must not name another organization than the credential's.
        if (!(granted.principal() instanceof Principal.OfTenant principal)
            || hosts.contradicts(host(request), principal.tenant())) {
          throw refusal(request, 401, Rule.BAD_LOGIN);
        }
        yield new Login(principal, granted.versions());
      }
    };
  }

  private record Credentials(String user, Secret token) {
    @Override
    public String toString() {
      return "Credentials[hidden]";
    }
  }

  /** RFC 7617, UTF-8. */
  private static Optional<Credentials> credentials(HttpServletRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return Optional.empty();
    }
    String text;
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(6).trim());
      text = new String(decoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    int colon = text.indexOf(':');
    if (colon < 1 || colon == text.length() - 1) {
      return Optional.empty();
    }
    return Optional.of(
        new Credentials(text.substring(0, colon), Secret.of(text.substring(colon + 1))));
  }

  private Optional<Authentication> authenticate(
      HttpServletRequest request, Credentials credentials, LoginSource source) {
    String user = credentials.user();
    if (user.equals(TOKEN_USER)) {
      return deviceOfPath(request)
          .map(key ->
              platform.deviceLogins().authenticateByToken(key, false, credentials.token(), source));
    }
    if (user.startsWith("g/") || user.startsWith("g-")) {
      return gateway(user)
          .map(key ->
              platform.deviceLogins().authenticateByToken(key, true, credentials.token(), source));
    }
    // One page of the contract spells the key with slashes.
    String key = user.startsWith("a/") ? user.replace('/', '-') : user;
    return Optional.of(platform.keyLogins().authenticate(key, credentials.token(), source));
  }

  /**
   * A device names itself by host and path only; its token proves it. Empty on any other path than
   * the messaging API's.
   */
  private Optional<DeviceKey> deviceOfPath(HttpServletRequest request) {
    String[] levels = request.getRequestURI().split("/", -1);
    // "", api, v0002, device, types, T, devices, D, events, e
    if (levels.length != 10
        || !levels[3].equals("device")
        || !levels[8].equals("events")
        || !TypeId.isValid(levels[5])) {
      return Optional.empty();
    }
    return hosts
        .tenant(host(request))
        .flatMap(tenant ->
            WatsonPaths.deviceId(UriUtils.decode(levels[7], StandardCharsets.UTF_8))
                .map(id -> new DeviceKey(tenant, new TypeId(levels[5]), id)));
  }

  /** {@code g/<org>/<type>/<id>} or {@code g-<org>-<type>-<id>}, where the type has no hyphen. */
  private static Optional<DeviceKey> gateway(String user) {
    String[] parts = user.split(user.substring(1, 2), 4);
    if (parts.length != 4 || !TenantId.isValid(parts[1]) || !TypeId.isValid(parts[2])) {
      return Optional.empty();
    }
    return WatsonPaths.deviceId(parts[3])
        .map(id -> new DeviceKey(new TenantId(parts[1]), new TypeId(parts[2]), id));
  }

  private static String host(HttpServletRequest request) {
    String host = request.getHeader(HttpHeaders.HOST);
    return host == null ? request.getServerName() : host;
  }

  private static Optional<String> contentType(HttpServletRequest request) {
    return Optional.ofNullable(request.getContentType())
        .map(type -> type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT))
        .filter(type -> !type.isEmpty());
  }

  /** Read only after the login, and never more than the limit. */
  private Payload body(HttpServletRequest request, BodyBudget.Lease lease) {
    BodyBudget.Outcome sent;
    try {
      sent = lease.read(request.getInputStream(), request.getContentLengthLong(), BODY_BYTES_MAX);
    } catch (IOException brokenOff) {
      log.debug("a body did not come whole", brokenOff);
      throw ApiProblem.of(408, "The body did not come whole in time.");
    }
    return switch (sent) {
      case BodyBudget.Outcome.Whole(Payload body) -> body;
      case BodyBudget.Outcome.TooLarge(boolean ofReader) ->
          throw ofReader
              ? refusal(request, 403, Rule.HTTP_BODY)
              : ApiProblem.of(413, "The request is larger than 512 KB.");
      case BodyBudget.Outcome.NoRoom _ ->
          throw ApiProblem.of(503, "Too much is being sent at once, try again.");
    };
  }

  private ApiProblem refusal(HttpServletRequest request, int status, Rule rule) {
    String address = request.getRemoteAddr();
    RefusalId id =
        refusals.note(
            Optional.empty(),
            "client " + address,
            "http.refused",
            request.getMethod() + " " + request.getRequestURI(),
            address,
            rule);
    return ApiProblem.refused(status, id);
  }

  static void write(HttpServletResponse response, ApiProblem problem) throws IOException {
    response.setStatus(problem.status());
    if (problem.status() == 408) {
      response.setHeader(HttpHeaders.CONNECTION, "close");
    }
    if (problem.status() == 503) {
      response.setHeader(HttpHeaders.RETRY_AFTER, Answers.RETRY_AFTER_SECONDS);
      response.setHeader(HttpHeaders.CONNECTION, "close");
    }
    if (problem.status() == 401) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"Watson IoT API\"");
    }
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.getOutputStream().write(Answers.bytes(Answers.error(problem)));
  }
}
