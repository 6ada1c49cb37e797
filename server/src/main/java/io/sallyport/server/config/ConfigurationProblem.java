package io.sallyport.server.config;

/** Something an operator wrote can't be used; the message says where, what, and what to do. */
public final class ConfigurationProblem extends RuntimeException {
  public ConfigurationProblem(String message) {
    super(message);
  }

  public ConfigurationProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
