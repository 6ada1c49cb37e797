package io.sallyport.plain;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.Refusal;
import io.sallyport.platform.base.TenantId;
import java.util.Map;
import java.util.Optional;

/** Notes this contract's refusals, so that each explains itself to those who may know. */
final class Refusals {
  private final AuditLog audit;

  Refusals(AuditLog audit) {
    this.audit = audit;
  }

  /**
   * Never blocks.
   *
   * @param source what repeats are counted by
   */
  void note(TenantId tenant, String actor, String action, String target, String source, Rule rule) {
    audit.refused(
        new Refusal(
            Optional.of(tenant),
            actor,
            action,
            target,
            source,
            rule.id,
            rule.text,
            rule.fix,
            Map.of()));
  }

  /** The contract's own rules that refuse. */
  enum Rule {
    CLIENT_ID(
        "plain.connect.client-id",
        "The client id is not one that the credential may use, or longer than MQTT 3.1 allows.",
        "Use a client id that the credential's rule permits, or change the rule."),
    CHANGED(
        "plain.connect.changed",
        "Credential, space or tenant was changed or revoked while the login was under way.",
        "Connect again with a valid credential."),
    CONNECTIONS(
        "plain.connect.connections",
        "The credential has as many connections or sessions as its limits allow.",
        "Raise the limits of the credential, or let clients close what they do not use."),
    WILL(
        "plain.connect.will",
        "The will's topic is not one that the credential may publish to.",
        "Allow the topic in the credential's access rules, or connect without a will."),
    PUBLISH(
        "plain.publish.denied",
        "No access rule of the credential allows publishing to the topic.",
        "Add an allow rule in front of what denies it; topics that begin with $ are never allowed."),
    RESPONSE_TOPIC(
        "plain.publish.response-topic",
        "The credential may neither publish nor subscribe to the response topic that it names.",
        "Name a response topic that the credential's access rules allow, or allow it."),
    RETAINED(
        "plain.publish.retained",
        "The credential has as many retained messages as its limits allow.",
        "Raise the limits of the credential, or clear retained messages."),
    SUBSCRIBE(
        "plain.subscribe.denied",
        "No access rule of the credential allows any topic of the filter.",
        "Add an allow rule in front of what denies it; topics that begin with $ are never allowed.");

    private final String id;
    private final String text;
    private final String fix;

    Rule(String id, String text, String fix) {
      this.id = id;
      this.text = text;
      this.fix = fix;
    }
  }
}
