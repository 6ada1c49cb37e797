package io.sallyport.simulator.access;

/**
 * An application's API key and token (Watson contract section 3).
 *
 * @param key {@code a-<organization>-<10 characters>}
 */
public record ApplicationLogin(String key, Secret token) {
  public ApplicationLogin {
    if (!key.matches("a-[a-z0-9]{6}-.{10}")) {
      throw new IllegalArgumentException("not an API key of the form a-<org>-<10 characters>");
    }
  }

  /** The organization that the key belongs to. */
  public String organization() {
    return key.substring(2, 8);
  }

  /** The client id of the application of this name. */
  public String clientId(String application) {
    return "a:" + organization() + ":" + application;
  }
}
