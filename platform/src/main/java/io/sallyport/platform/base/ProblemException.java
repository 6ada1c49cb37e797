package io.sallyport.platform.base;

/** Carries a {@link Problem} to the edge that maps it. */
public final class ProblemException extends RuntimeException {
  private final transient Problem problem;

  public ProblemException(Problem problem) {
    super(problem.code() + ": " + problem.text());
    this.problem = problem;
  }

  public ProblemException(Problem problem, Throwable cause) {
    super(problem.code() + ": " + problem.text(), cause);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
