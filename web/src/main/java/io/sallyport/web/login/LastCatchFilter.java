package io.sallyport.web.login;

import io.sallyport.web.problem.ProblemAnswers;
import io.sallyport.web.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Answers what the filters behind it throw; exceptions of controllers are resolved before. */
final class LastCatchFilter extends OncePerRequestFilter {
  private final ProblemAnswers answers;
  private final ProblemWriter writer;

  LastCatchFilter(ProblemAnswers answers, ProblemWriter writer) {
    this.answers = answers;
    this.writer = writer;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      chain.doFilter(request, response);
    } catch (RuntimeException e) {
      writer.write(response, answers.of(request, e));
    }
  }
}
