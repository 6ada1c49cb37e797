package io.sallyport.plain;

import org.jspecify.annotations.Nullable;

/** What the rules in force now say to one client. Thread-safe. */
final class CurrentVerdicts {
  private final CredentialState credential;
  private final String clientId;
  private volatile @Nullable Verdicts latest;

  CurrentVerdicts(CredentialState credential, String clientId) {
    this.credential = credential;
    this.clientId = clientId;
  }

  /** Null while the credential can't be used. */
  @Nullable Verdicts get() {
    var now = credential.usable();
    if (now == null) {
      return null;
    }
    Verdicts known = latest;
    if (known == null || !known.isOf(now)) {
      known = new Verdicts(now, clientId);
      latest = known;
    }
    return known;
  }

  boolean mayPublish(String topic) {
    Verdicts now = get();
    return now != null && now.mayPublish(topic);
  }

  boolean mayReceive(String topic) {
    Verdicts now = get();
    return now != null && now.mayReceive(topic);
  }

  boolean maySubscribe(String filter) {
    Verdicts now = get();
    return now != null && now.maySubscribe(filter);
  }
}
