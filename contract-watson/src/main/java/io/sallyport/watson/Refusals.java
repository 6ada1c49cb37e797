package io.sallyport.watson;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.Refusal;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.util.Map;
import java.util.Optional;

/** Notes this contract's refusals, so that each explains itself to those who may know. */
public final class Refusals {
  private final AuditLog audit;

  public Refusals(AuditLog audit) {
    this.audit = audit;
  }

  /**
   * Never blocks.
   *
   * @param tenant who owns what was refused; empty: only the operator may see it
   * @param action dotted verb, e.g. {@code publish.refused}
   * @param source what repeats are counted by
   */
  public RefusalId note(
      Optional<TenantId> tenant,
      String actor,
      String action,
      String target,
      String source,
      Rule rule) {
    return audit.refused(
        new Refusal(tenant, actor, action, target, source, rule.id, rule.text, rule.fix, Map.of()));
  }

  /** The contract's own rules that refuse; other refusals come from the domain with their ids. */
  public enum Rule {
    CLIENT_ID_FORM(
        "watson.connect.client-id",
        "The client id has none of the forms d:, g:, a: or uses characters outside A-Z a-z 0-9 _ . -.",
        "Use d:<org>:<typeId>:<deviceId>, g:<org>:<typeId>:<deviceId> or a:<org>:<appId>."),
    SHARED_APPLICATION(
        "watson.connect.shared-application",
        "Shared applications (client ids A:…) are not offered yet.",
        "Connect with a:<org>:<appId>, one connection per app id."),
    USER_NAME(
        "watson.connect.user-name",
        "The user name does not fit the client id, or the password is missing.",
        "Devices and gateways use use-token-auth, applications their API key; each with its token."),
    OTHER_TENANT(
        "watson.connect.other-tenant",
        "Client id, user name or host name names another organization than the credential's.",
        "Use the organization of the credential in the client id and in the host name."),
    WILL(
        "watson.connect.will",
        "The will's topic is not one that the client may publish to, or its payload is too large.",
        "Use a topic of the client's own events, or connect without a will."),
    VERSION_CHANGED(
        "watson.connect.changed",
        "Device, key or organization was changed or revoked while the login was under way.",
        "Connect again with a valid credential."),
    TOPIC_FORM(
        "watson.topic.form",
        "The topic is none of the contract's.",
        "Publish events on iot-2/evt/<event>/fmt/<format> (devices) or"
            + " iot-2/type/<type>/id/<device>/evt/<event>/fmt/<format>."),
    TOPIC_SCOPE(
        "watson.topic.scope",
        "The topic belongs to somebody else, or this kind of client may not use it.",
        "Devices publish on the short topics only; applications need the permission and a"
            + " registered device."),
    GATEWAY_SCOPE(
        "watson.topic.gateway-scope",
        "The device is not registered behind this gateway.",
        "An administrator registers the device with this gateway as its parent."),
    DEVICE_DISABLED(
        "watson.topic.device-disabled",
        "The device is disabled.",
        "Enable the device, or stop sending to it."),
    FILTER(
        "watson.subscribe.filter",
        "The filter is not one that this client may subscribe to.",
        "See the tables of topics in docs/contracts/watson.md; + is allowed only where they say so."),
    DEVICE_MANAGEMENT(
        "watson.management.not-offered",
        "Device management (iotdevice-1) is not offered yet.",
        "Connect the device as unmanaged; events and commands work."),
    INSECURE_REQUEST("watson.http.insecure", "The request did not come over TLS.", "Use https."),
    FOREIGN_ORIGIN(
        "watson.http.foreign-origin",
        "A browser sent this write from a page of another origin.",
        "Call the API from a server, or from the console."),
    BAD_LOGIN(
        "watson.http.login",
        "The Authorization header is missing, malformed, or names another organization than the"
            + " host.",
        "Use HTTP Basic with API key and token on the organization's own host name."),
    HTTP_CHANGED(
        "watson.http.changed",
        "Device, key or organization was changed or revoked while the request was under way.",
        "Send the request again with a valid credential."),
    HTTP_BODY(
        "watson.http.body",
        "The key may only read, so no body of this size is taken from it.",
        "Use a key with a role that may do what the request asks for."),
    HTTP_SCOPE(
        "watson.http.scope",
        "The credential is not the device's of the path, nor of the gateway in front of it.",
        "Post events of the device itself, or of devices registered behind the gateway.");

    private final String id;
    private final String text;
    private final String fix;

    Rule(String id, String text, String fix) {
      this.id = id;
      this.text = text;
      this.fix = fix;
    }

    public String text() {
      return text;
    }
  }
}
