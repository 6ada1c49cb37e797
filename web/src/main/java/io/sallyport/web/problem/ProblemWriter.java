package io.sallyport.web.problem;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.web.json.ApiJsonConverter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServletServerHttpResponse;

/** Writes a problem as the answer, from a filter or a resolver, and counts it. Thread-safe. */
public final class ProblemWriter {
  private static final String RETRY_AFTER_SECONDS = "1";

  private static final String PROBLEMS = "sallyport.web.problems";

  private final ApiJsonConverter converter;
  private final MeterRegistry meters;

  public ProblemWriter(ApiJsonConverter converter, MeterRegistry meters) {
    this.converter = converter;
    this.meters = meters;
  }

  /** Does nothing if an answer is already on its way. */
  public void write(HttpServletResponse response, ApiProblem problem) throws IOException {
    meters.counter(PROBLEMS, "code", problem.code()).increment();
    if (response.isCommitted()) {
      return;
    }
    response.resetBuffer();
    response.setStatus(problem.status());
    if (problem.status() == HttpStatus.UNAUTHORIZED.value()) {
      // RFC 7617 §2.1
      response.setHeader(
          HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"sallyport\", charset=\"UTF-8\"");
    }
    if (problem.status() == HttpStatus.SERVICE_UNAVAILABLE.value()
        || problem.status() == HttpStatus.TOO_MANY_REQUESTS.value()) {
      response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    try (ServletServerHttpResponse output = new ServletServerHttpResponse(response)) {
      converter.write(problem, MediaType.APPLICATION_PROBLEM_JSON, output);
    }
  }
}
