package io.sallyport.watson.messaging;

import static io.sallyport.watson.testing.WatsonFixture.as;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.device.DeviceAuthenticator;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.testing.WatsonFixture;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** THREATS T31: what is revoked after the credential was checked and before the client is known. */
class LoginRaceTest {
  private final WatsonFixture watson = new WatsonFixture();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void close() {
    timer.shutdownNow();
    watson.close();
  }

  /** Lets something happen right after a device's token was found good. */
  private record Interrupted(DeviceAuthenticator inner, Consumer<DeviceKey> meanwhile)
      implements DeviceAuthenticator {
    @Override
    public Authentication authenticateByToken(
        DeviceKey key, boolean gateway, Secret token, LoginSource source) {
      Authentication result = inner.authenticateByToken(key, gateway, token, source);
      meanwhile.accept(key);
      return result;
    }

    @Override
    public CredentialVersions currentVersions(Principal.Device device) {
      return inner.currentVersions(device);
    }

    @Override
    public Optional<Principal.Device> standing(DeviceKey key) {
      return inner.standing(key);
    }
  }

  private Admission admission(RegisteredDevice device, Consumer<DeviceKey> meanwhile) {
    WatsonPlatform p = watson.platform;
    WatsonPlatform raced =
        new WatsonPlatform(
            p.transactions(),
            p.tenants(),
            p.audit(),
            p.policy(),
            p.keyLogins(),
            p.apiKeys(),
            new Interrupted(p.deviceLogins(), meanwhile),
            p.devices(),
            p.registry(),
            p.live(),
            p.ingest(),
            p.feed(),
            p.history(),
            p.commands(),
            p.routes(),
            p.commandFeed());
    try (WatsonMessaging messaging =
        new WatsonMessaging(
            raced,
            watson.broker,
            WatsonFixture.DOMAIN,
            WatsonLimits.DEFAULT,
            watson.domain.clock,
            Runnable::run,
            timer)) {
      return messaging.gate().admit(as(device).request());
    }
  }

  @Test
  void a_device_that_is_left_alone_is_admitted() {
    assertThat(admission(watson.pump("p1"), key -> {})).isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void a_device_disabled_meanwhile_is_refused() {
    assertRefused(key ->
        watson.domain.registry.setEnabled(
            PlatformFixture.anAdministrator(watson.acme), key, false));
  }

  @Test
  void a_device_deleted_meanwhile_is_refused() {
    assertRefused(
        key -> watson.domain.registry.delete(PlatformFixture.anAdministrator(watson.acme), key));
  }

  @Test
  void a_tenant_suspended_meanwhile_lets_nobody_in() {
    assertRefused(key -> watson.domain.tenants.suspend(PlatformFixture.OPERATOR, watson.acme.id()));
  }

  private void assertRefused(Consumer<DeviceKey> meanwhile) {
    assertThat(admission(watson.pump("p1"), meanwhile))
        .isEqualTo(new Admission.Refused(ConnectRefusal.NOT_AUTHORIZED));
    assertThat(watson.domain.connections.count()).isZero();
  }
}
