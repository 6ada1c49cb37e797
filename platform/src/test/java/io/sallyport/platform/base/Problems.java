package io.sallyport.platform.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts how a call is refused. */
public final class Problems {
  private Problems() {}

  public static void assertProblem(Problem.Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class, thrown -> assertThat(thrown.problem().code()).isEqualTo(code));
  }
}
