package io.sallyport.watson.rest;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.identity.AccessDeniedProblem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** The one place where refusals and faults become the contract's status codes and bodies. */
@RestControllerAdvice(basePackageClasses = ErrorAdvice.class)
final class ErrorAdvice {
  private static final Logger log = LoggerFactory.getLogger(ErrorAdvice.class);

  @ExceptionHandler
  ResponseEntity<byte[]> refused(ApiProblem problem) {
    return Answers.problem(problem);
  }

  @ExceptionHandler
  ResponseEntity<byte[]> denied(AccessDeniedProblem denied) {
    return Answers.problem(ApiProblem.refused(403, denied.refusal()));
  }

  @ExceptionHandler
  ResponseEntity<byte[]> failed(ProblemException failure) {
    return Answers.problem(contractForm(failure.problem()));
  }

  @ExceptionHandler
  ResponseEntity<byte[]> unexpected(RuntimeException failure) {
    log.error("a request to the Watson REST API failed", failure);
    return Answers.problem(ApiProblem.of(500, "An unexpected error occurred."));
  }

  static ApiProblem contractForm(Problem problem) {
    return switch (problem.code()) {
      case NOT_FOUND -> ApiProblem.of(404, problem.text());
      case ALREADY_EXISTS, IN_USE, CONFLICT -> ApiProblem.of(409, problem.text());
      case INVALID -> ApiProblem.invalid(problem.text());
      case BAD_CURSOR -> ApiProblem.invalid("The bookmark is not valid.");
      case TOO_LARGE -> ApiProblem.of(413, problem.text());
      case LIMIT_REACHED, FORBIDDEN -> ApiProblem.of(403, problem.text());
      case UNAUTHENTICATED -> ApiProblem.of(401, problem.text());
      // The contract has no other code for our own trouble.
      case STORAGE_FULL, STORAGE_FAILED, CORRUPT, UNAVAILABLE -> {
        log.warn("a request to the Watson REST API failed: {}", problem.code());
        yield ApiProblem.of(500, "The request could not be carried out, try again.");
      }
    };
  }
}
