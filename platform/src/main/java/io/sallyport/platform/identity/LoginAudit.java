package io.sallyport.platform.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.Refusal;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Records how logins end. Successes are recorded once per principal, address and listener in ten
 * minutes, because an HTTP application logs in with each request. Thread-safe, never blocks.
 */
public final class LoginAudit {
  private static final Duration SUCCESS_RECORDED_EVERY = Duration.ofMinutes(10);
  private static final int SUCCESSES_MAX = 50_000;

  private final AuditLog log;
  private final Cache<Success, Boolean> recorded;

  private record Success(
      String actor, Optional<TenantId> tenant, String address, String listener) {}

  public LoginAudit(AuditLog log, Clock clock) {
    this.log = log;
    this.recorded =
        Caffeine.newBuilder()
            .maximumSize(SUCCESSES_MAX)
            .expireAfterWrite(SUCCESS_RECORDED_EVERY)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  /** Why a login was refused: what the audit and {@code explain} tell, never the client. */
  public enum Reason {
    UNKNOWN("login.unknown", "No such credential exists.", "Register it, or correct the name."),
    WRONG_SECRET(
        "login.wrong-secret", "The secret is wrong.", "Use the right one, or replace the token."),
    DISABLED(
        "login.disabled", "The device or key is disabled.", "Enable it, if it may log in again."),
    TENANT_SUSPENDED(
        "login.tenant-suspended", "The tenant is suspended.", "Ask the operator to resume it."),
    PLAIN_TRANSPORT(
        "login.plain-transport",
        "The login came without TLS, which the tenant does not allow.",
        "Connect with TLS, or allow plain transport in the tenant's settings."),
    WRONG_CLASS(
        "login.wrong-class",
        "A gateway logged in as a device, or a device as a gateway.",
        "Use the client id that fits the class of its device type."),
    THROTTLED(
        "login.throttled",
        "Too many attempts with a wrong secret came from this address block.",
        "Wait a minute, and stop whatever tries the wrong secret."),
    BUSY(
        "login.busy", "Too many logins wait for their secret to be checked.", "Try again shortly.");

    private final String rule;
    private final String text;
    private final String fix;

    Reason(String rule, String text, String fix) {
      this.rule = rule;
      this.text = text;
      this.fix = fix;
    }

    boolean isTemporary() {
      return this == THROTTLED || this == BUSY;
    }
  }

  /**
   * @param owner the tenant whose credential it is, or that was named
   * @param subject who it claimed to be, in the form of an audit name
   */
  public Authentication.Rejected refused(
      Optional<TenantId> owner, String subject, Reason reason, LoginSource source) {
    String address = address(source);
    // Who tries many names that match nobody is one source, not many.
    String countedBy = reason == Reason.UNKNOWN ? address : address + " " + subject;
    RefusalId id =
        log.refused(
            new Refusal(
                owner,
                subject,
                "login.failed",
                subject,
                countedBy,
                reason.rule,
                reason.text,
                reason.fix,
                Map.of("address", address, "listener", source.listener())));
    return new Authentication.Rejected(id, reason.isTemporary());
  }

  public void succeeded(Principal principal, LoginSource source) {
    Optional<TenantId> tenant =
        principal instanceof Principal.OfTenant inTenant
            ? Optional.of(inTenant.tenant())
            : Optional.empty();
    String address = address(source);
    Success success = new Success(principal.auditName(), tenant, address, source.listener());
    if (recorded.asMap().putIfAbsent(success, Boolean.TRUE) == null) {
      log.recordLater(
          new AuditEntry(
              tenant,
              principal.auditName(),
              "login.succeeded",
              principal.auditName(),
              AuditEntry.Outcome.DONE,
              Optional.empty(),
              Map.of(
                  "address",
                  address,
                  "listener",
                  source.listener(),
                  "secure",
                  Boolean.toString(source.secure()))));
    }
  }

  private static String address(LoginSource source) {
    return AddressBlock.addressOf(source.remote()).getHostAddress();
  }
}
