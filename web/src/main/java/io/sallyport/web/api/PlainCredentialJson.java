package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.space.AccessRule;
import io.sallyport.platform.space.ClientIdRule;
import io.sallyport.platform.space.IssuedPlainCredential;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainLimits;
import io.sallyport.web.json.ApiJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A plain credential as JSON.
 *
 * @param listenerOnly whether it has no password: only a listener's identity opens it
 * @param password only in the answer that makes it
 */
record PlainCredentialJson(
    String user,
    String clientIds,
    List<String> rules,
    Limits limits,
    boolean enabled,
    boolean listenerOnly,
    Instant created,
    @Nullable String password)
    implements ApiJson {
  private static final int PASSWORD_CHARS_MIN = 8;

  /** How much it may use. */
  record Limits(int connections, int sessions, int retainedMessages, long retainedBytes) {
    static Limits of(PlainLimits limits) {
      return new Limits(
          limits.connectionsMax(),
          limits.sessionsMax(),
          limits.retainedMessagesMax(),
          limits.retainedBytesMax());
    }
  }

  /** Limits that are given; absent ones are the default, or stay. */
  record NewLimits(
      @Nullable Integer connections,
      @Nullable Integer sessions,
      @Nullable Integer retainedMessages,
      @Nullable Long retainedBytes) {
    PlainLimits over(PlainLimits known) {
      return new PlainLimits(
          connections == null ? known.connectionsMax() : connections,
          sessions == null ? known.sessionsMax() : sessions,
          retainedMessages == null ? known.retainedMessagesMax() : retainedMessages,
          retainedBytes == null ? known.retainedBytesMax() : retainedBytes);
    }
  }

  static PlainCredentialJson of(PlainCredential credential) {
    return of(new IssuedPlainCredential(credential, Optional.empty()));
  }

  static PlainCredentialJson of(IssuedPlainCredential issued) {
    PlainCredential credential = issued.credential();
    return new PlainCredentialJson(
        credential.name(),
        credential.clientIds().text(),
        rules(credential),
        Limits.of(credential.limits()),
        credential.enabled(),
        credential.password().isEmpty(),
        credential.created(),
        issued.password().map(Secret::revealText).orElse(null));
  }

  static List<String> rules(PlainCredential credential) {
    return credential.rules().stream().map(AccessRule::text).toList();
  }

  @Override
  public String toString() {
    return "PlainCredentialJson[" + user + "]";
  }

  /**
   * What creates a credential.
   *
   * @param password absent: one is made and told in the answer
   * @param clientIds absent: those that begin with the user and a hyphen
   * @param rules absent: none, which denies everything
   */
  record New(
      @Nullable String user,
      @Nullable String password,
      @Nullable Boolean listenerOnly,
      @Nullable String clientIds,
      @Nullable List<String> rules,
      @Nullable NewLimits limits)
      implements ApiJson {
    @Override
    public String toString() {
      return "New[" + user + "]";
    }
  }

  /** What changes a credential; absent members stay as they are. */
  record Change(@Nullable String clientIds, @Nullable NewLimits limits, @Nullable Boolean enabled)
      implements ApiJson {}

  /** A password that is chosen, or absent for one that is made. */
  record Password(@Nullable String password) implements ApiJson {
    @Override
    public String toString() {
      return "Password[hidden]";
    }
  }

  /** Access rules, in order. */
  record Rules(@Nullable List<String> rules) implements ApiJson {}

  static List<AccessRule> parsed(@Nullable List<String> rules) {
    return rules == null ? List.of() : rules.stream().map(PlainCredentialJson::rule).toList();
  }

  private static AccessRule rule(@Nullable String text) {
    return AccessRule.parse(BodyFields.required(text, "rules"));
  }

  static Optional<ClientIdRule> clientIds(@Nullable String text) {
    return Optional.ofNullable(text).map(ClientIdRule::parse);
  }

  static Optional<Secret> chosen(@Nullable String password) {
    if (password == null) {
      return Optional.empty();
    }
    if (password.length() < PASSWORD_CHARS_MIN) {
      throw Problem.invalid("member 'password' must be at least 8 characters");
    }
    return Optional.of(Secret.of(password));
  }
}
