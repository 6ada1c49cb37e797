package io.sallyport.plain;

/** A client of a credential, connected or not, whose subscriptions follow the rules. */
interface RuledClient {
  String clientId();

  /** From any thread: subscriptions that are not granted any more go (CVE-2021-34434). */
  void rulesChanged();
}
