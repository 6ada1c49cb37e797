package io.sallyport.platform.identity;

import static io.sallyport.platform.testing.PlatformFixture.OPERATOR;
import static io.sallyport.platform.testing.PlatformFixture.anAdministrator;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.Secret;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.testing.PlatformFixture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A right secret that comes without TLS (THREATS T17). Devices: the device login's own test. */
class PlainTransportTest {
  @AutoClose private final PlatformFixture platform = new PlatformFixture();
  private final Tenant acme = platform.aTenant("acme01");

  private Authentication logIn(String key, Secret token, String address, boolean secure) {
    LoginSource source =
        new LoginSource(
            new InetSocketAddress(InetAddress.ofLiteral(address), 4_711), "http", secure);
    return platform.keyAuthenticator.authenticate(key, token, source);
  }

  private String ruleOf(Authentication result) {
    assertThat(result).isInstanceOf(Authentication.Rejected.class);
    return platform
        .audit
        .explain(((Authentication.Rejected) result).refusal())
        .orElseThrow()
        .rule();
  }

  private IssuedApiKey anApplication() {
    return platform.apiKeys.create(
        anAdministrator(acme),
        acme.id(),
        Optional.empty(),
        Optional.empty(),
        Set.of(Role.ADMINISTRATOR.id()),
        "");
  }

  private void plainTransportAllowed(boolean allowed) {
    TenantSettings settings = acme.settings();
    platform.tenants.changeSettings(
        anAdministrator(acme),
        acme.id(),
        new TenantSettings(
            settings.retentionAge(),
            settings.retentionBytesMax(),
            settings.lastEventCache(),
            settings.lastEventCacheDays(),
            allowed));
  }

  @Test
  void application_is_refused_unless_its_tenant_gave_tls_up() {
    plainTransportAllowed(false);
    IssuedApiKey app = anApplication();

    Authentication refused = logIn(app.key().key(), app.token(), "192.0.2.1", false);

    assertThat(ruleOf(refused)).isEqualTo("login.plain-transport");
    // Not from this very host either: the tenant decides, not the way.
    assertThat(ruleOf(logIn(app.key().key(), app.token(), "127.0.0.1", false)))
        .isEqualTo("login.plain-transport");
    assertThat(logIn(app.key().key(), app.token(), "192.0.2.1", true))
        .isInstanceOf(Authentication.Granted.class);

    plainTransportAllowed(true);

    assertThat(logIn(app.key().key(), app.token(), "192.0.2.1", false))
        .isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void operator_is_refused_whatever_tenants_allow_but_on_loopback() {
    plainTransportAllowed(true);
    IssuedOperatorKey operator = platform.operatorKeys.create(OPERATOR);
    String key = operator.key().key();

    assertThat(ruleOf(logIn(key, operator.token(), "192.0.2.1", false)))
        .isEqualTo("login.plain-transport");
    assertThat(logIn(key, operator.token(), "127.0.0.1", false))
        .isInstanceOf(Authentication.Granted.class);
    assertThat(logIn(key, operator.token(), "192.0.2.1", true))
        .isInstanceOf(Authentication.Granted.class);
  }

  /** What the refusal costs does not tell whether the secret was right. */
  @Test
  void right_and_wrong_secrets_cost_the_same_without_tls() {
    plainTransportAllowed(false);
    IssuedApiKey app = anApplication();
    long before = platform.hashQueue.takenCount();

    logIn(app.key().key(), app.token(), "192.0.2.1", false);
    long right = platform.hashQueue.takenCount() - before;
    logIn(app.key().key(), Secret.of("a-wrong-token-of-it"), "192.0.2.1", false);
    long wrong = platform.hashQueue.takenCount() - before - right;

    assertThat(right).isEqualTo(wrong);
  }
}
