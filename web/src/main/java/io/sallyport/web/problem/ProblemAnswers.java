package io.sallyport.web.problem;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.Refusal;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.AccessDeniedProblem;
import io.sallyport.platform.identity.Principal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Maps what went wrong to the one answer that is given for it, notes refusals for {@code explain},
 * and logs faults, once. Thread-safe.
 */
public final class ProblemAnswers {
  /** The same for what is foreign and what never was (THREATS T47). */
  static final String NOT_FOUND_TEXT = "what was asked for does not exist";

  /** The path variable that names a tenant in every route of this room. */
  static final String TENANT_VARIABLE = "tenant";

  private static final Logger log = LoggerFactory.getLogger(ProblemAnswers.class);

  private final AuditLog audit;

  public ProblemAnswers(AuditLog audit) {
    this.audit = audit;
  }

  /** The answer to an exception. */
  public ApiProblem of(HttpServletRequest request, Exception failure) {
    return switch (failure) {
      case AccessDeniedProblem denied -> denied(request, denied);
      case ProblemException problem -> of(request, problem.problem(), problem);
      case MethodArgumentTypeMismatchException mismatch ->
          invalid("parameter '" + mismatch.getName() + "' has the wrong type");
      case MissingServletRequestParameterException missing ->
          invalid("parameter '" + missing.getParameterName() + "' is missing");
      case HttpMessageNotReadableException unreadable -> invalid("a JSON body is required");
      case ErrorResponse framework -> of(request, framework.getStatusCode(), failure);
      default -> fault(request, failure);
    };
  }

  /** A refusal decided by this room itself. */
  public ApiProblem refused(
      HttpServletRequest request, HttpStatus status, String code, String text, String fix) {
    return ApiProblem.of(status, code, text, note(request, "web." + code, text, fix).value());
  }

  /** A login that was refused; the authenticator has noted why. */
  public ApiProblem loginRefused(RefusalId refusal, boolean tryLater) {
    return tryLater
        ? ApiProblem.of(
            HttpStatus.TOO_MANY_REQUESTS,
            "try-later",
            "too many attempts, try again later",
            refusal.value())
        : ApiProblem.of(
            HttpStatus.UNAUTHORIZED,
            "unauthenticated",
            "the key or its token was not accepted",
            refusal.value());
  }

  /** A body beyond the limit of this room. */
  public static ApiProblem bodyTooLarge(int bytesMax) {
    return plain(
        HttpStatus.CONTENT_TOO_LARGE,
        new Problem(Problem.Code.TOO_LARGE, "the body is larger than " + bytesMax + " bytes"));
  }

  /** No memory for another body now. */
  public static ApiProblem tooMuchIsSent() {
    return plain(
        HttpStatus.SERVICE_UNAVAILABLE,
        new Problem(Problem.Code.UNAVAILABLE, "too much is being sent at once, try again later"));
  }

  /** Its sender went away, or was too slow. */
  public static ApiProblem bodyBrokenOff() {
    return ApiProblem.of(
        HttpStatus.REQUEST_TIMEOUT, "request-timeout", "the body did not come whole in time", null);
  }

  /** A path or header that is refused before anything else is looked at. */
  public static ApiProblem malformed() {
    return invalid("the request is not well-formed");
  }

  public static ApiProblem methodNotAllowed() {
    return ApiProblem.of(
        HttpStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "method not allowed", null);
  }

  private ApiProblem denied(HttpServletRequest request, AccessDeniedProblem denied) {
    String refusal = denied.refusal().value();
    return asksForForeignTenant(request)
        ? ApiProblem.of(HttpStatus.NOT_FOUND, "not-found", NOT_FOUND_TEXT, refusal)
        : ApiProblem.of(
            HttpStatus.FORBIDDEN, "forbidden", "this principal may not do that", refusal);
  }

  private ApiProblem of(HttpServletRequest request, Problem problem, Exception failure) {
    return switch (problem.code()) {
      case NOT_FOUND -> notFound(request);
      case ALREADY_EXISTS, IN_USE, CONFLICT, LIMIT_REACHED -> plain(HttpStatus.CONFLICT, problem);
      case INVALID, BAD_CURSOR -> plain(HttpStatus.BAD_REQUEST, problem);
      case TOO_LARGE -> plain(HttpStatus.CONTENT_TOO_LARGE, problem);
      case UNAUTHENTICATED -> plain(HttpStatus.UNAUTHORIZED, problem);
      case FORBIDDEN -> plain(HttpStatus.FORBIDDEN, problem);
      case STORAGE_FULL -> plain(HttpStatus.INSUFFICIENT_STORAGE, problem);
      case STORAGE_FAILED, UNAVAILABLE -> plain(HttpStatus.SERVICE_UNAVAILABLE, problem);
      case CORRUPT -> fault(request, failure);
    };
  }

  private ApiProblem of(HttpServletRequest request, HttpStatusCode code, Exception failure) {
    HttpStatus status = HttpStatus.resolve(code.value());
    if (status == null || status.is5xxServerError()) {
      return fault(request, failure);
    }
    if (status == HttpStatus.NOT_FOUND) {
      return notFound(request);
    }
    if (status == HttpStatus.BAD_REQUEST) {
      return invalid("the request is not well-formed");
    }
    String phrase = status.getReasonPhrase();
    return ApiProblem.of(status, kebab(phrase), phrase.toLowerCase(Locale.ROOT), null);
  }

  private ApiProblem notFound(HttpServletRequest request) {
    RefusalId id =
        note(
            request,
            "web.not-found",
            "What was asked for does not exist in this tenant.",
            "Check type and id; ids are case-sensitive.");
    return ApiProblem.of(HttpStatus.NOT_FOUND, "not-found", NOT_FOUND_TEXT, id.value());
  }

  private ApiProblem fault(HttpServletRequest request, Exception failure) {
    RefusalId id =
        note(
            request,
            "web.fault",
            "The request failed by a fault of the server.",
            "Look in the server's log for this id.");
    log.error("request failed, {} {}, id {}", request.getMethod(), route(request), id, failure);
    return ApiProblem.of(
        HttpStatus.INTERNAL_SERVER_ERROR, "fault", "the server failed", id.value());
  }

  private static ApiProblem invalid(String text) {
    return ApiProblem.of(HttpStatus.BAD_REQUEST, "invalid", text, null);
  }

  private static ApiProblem plain(HttpStatus status, Problem problem) {
    return ApiProblem.of(status, kebab(problem.code().name()), problem.text(), null);
  }

  private static String kebab(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-').replace(' ', '-');
  }

  private RefusalId note(HttpServletRequest request, String rule, String text, String fix) {
    Optional<Principal> actor = actor();
    Optional<TenantId> tenant =
        actor.flatMap(
            p -> p instanceof Principal.OfTenant of ? Optional.of(of.tenant()) : Optional.empty());
    return audit.refused(
        new Refusal(
            tenant,
            actor.map(Principal::auditName).orElse("anonymous"),
            "request.refused",
            request.getMethod() + " " + route(request),
            String.valueOf(request.getRemoteAddr()),
            rule,
            text,
            fix,
            Map.of()));
  }

  /** The route's pattern, so that no client text gets into log or audit. */
  private static String route(HttpServletRequest request) {
    return Objects.toString(
        request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE), "-");
  }

  private static boolean asksForForeignTenant(HttpServletRequest request) {
    return actor().orElse(null) instanceof Principal.OfTenant actor
        && request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
            instanceof Map<?, ?> variables
        && variables.get(TENANT_VARIABLE) instanceof String tenant
        && !tenant.equals(actor.tenant().value());
  }

  private static Optional<Principal> actor() {
    Authentication login = SecurityContextHolder.getContext().getAuthentication();
    return login != null && login.getPrincipal() instanceof Principal principal
        ? Optional.of(principal)
        : Optional.empty();
  }
}
