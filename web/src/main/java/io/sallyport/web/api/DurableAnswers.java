package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits, on a request's virtual thread, until something is durable. */
final class DurableAnswers {
  private final Duration patience;

  DurableAnswers(Duration patience) {
    this.patience = patience;
  }

  /**
   * @throws ProblemException what the future failed with; {@code UNAVAILABLE} when it takes too
   *     long
   */
  <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unavailable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static ProblemException unavailable(Exception cause) {
    return new ProblemException(
        new Problem(
            Problem.Code.UNAVAILABLE, "not known to be durable yet; it may still become so"),
        cause);
  }
}
