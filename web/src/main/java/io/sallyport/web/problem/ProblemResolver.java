package io.sallyport.web.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Answers every exception of requests below one path, also where no controller was found. A
 * controller advice would not do: it is not asked when a path or method has no handler, and it
 * would reach into other rooms' contracts.
 */
public final class ProblemResolver implements HandlerExceptionResolver, Ordered {
  private static final Logger log = LoggerFactory.getLogger(ProblemResolver.class);

  private final String path;
  private final ProblemAnswers answers;
  private final ProblemWriter writer;

  /**
   * @param path whose requests, and those below it, are answered; no slash at its end
   */
  public ProblemResolver(String path, ProblemAnswers answers, ProblemWriter writer) {
    this.path = path;
    this.answers = answers;
    this.writer = writer;
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception failure) {
    String asked = request.getRequestURI();
    if (!asked.equals(path) && !asked.startsWith(path + "/")) {
      return null;
    }
    if (DisconnectedClientHelper.isClientDisconnectedException(failure)) {
      log.debug("client went away");
      return new ModelAndView();
    }
    if (response.isCommitted()) {
      if (failure instanceof IOException) {
        log.debug("client did not take its answer");
        return new ModelAndView();
      }
      answers.of(request, failure);
      // Unresolved, it makes the container cut the answer instead of ending it as if it were whole.
      return null;
    }
    if (failure instanceof HttpRequestMethodNotSupportedException unsupported
        && unsupported.getSupportedHttpMethods() != null) {
      response.setHeader(
          HttpHeaders.ALLOW,
          String.join(
              ", ",
              unsupported.getSupportedHttpMethods().stream().map(m -> m.name()).sorted().toList()));
    }
    try {
      writer.write(response, answers.of(request, failure));
    } catch (IOException e) {
      log.debug("client went away while it was answered");
    }
    return new ModelAndView();
  }
}
