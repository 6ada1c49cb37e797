package io.sallyport.watson.messaging;

import static io.sallyport.watson.testing.WatsonFixture.as;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.ClientGate.SessionRights;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RestoredSession;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.watson.testing.WatsonFixture;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** THREATS T32: an application that is away gets what its key may read now. */
class KeyStandingTest {
  private final WatsonFixture watson = new WatsonFixture();
  private final IssuedApiKey key = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
  private final Message command =
      Message.of("iot-2/type/pump/id/p1/cmd/x/fmt/json", "{}".getBytes(UTF_8), Qos.AT_LEAST_ONCE);

  KeyStandingTest() {
    watson.domain.apiKeys.add(watson.messaging.apiKeyCleanup());
  }

  @AfterEach
  void close() {
    watson.close();
  }

  private SessionRights restored() {
    SessionKey session = watson.admitted(as(key, "app1")).admitted().session();
    return watson
        .messaging
        .gate()
        .restored(
            new RestoredSession() {
              @Override
              public SessionKey key() {
                return session;
              }

              @Override
              public void unsubscribe(String filter) {
                throw new AssertionError("its filters are judged when it comes");
              }
            },
            List.of());
  }

  private void roles(Role role) {
    watson.domain.apiKeys.changeRoles(
        PlatformFixture.anAdministrator(watson.acme),
        watson.acme.id(),
        key.key().key(),
        Set.of(role.id()));
  }

  @Test
  void a_session_from_before_a_restart_follows_the_keys_roles() {
    SessionRights rights = restored();
    assertThat(rights.mayDeliver(command)).isTrue();
    roles(Role.READER);
    assertThat(rights.mayDeliver(command)).isFalse();
    assertThat(restored().mayDeliver(command)).isFalse();
    roles(Role.STANDARD_APPLICATION);
    assertThat(rights.mayDeliver(command)).isTrue();
  }

  @Test
  void a_session_whose_client_is_away_follows_the_keys_roles() {
    var binding = watson.admitted(as(key, "app1")).admitted().binding();
    binding.closed(
        io.sallyport.mqtt.CloseReason.CLIENT_DISCONNECTED,
        new io.sallyport.mqtt.ConnectionStats(0, 0, 0, 0, 0));
    roles(Role.READER);
    assertThat(binding.mayDeliver(command)).isFalse();
    roles(Role.STANDARD_APPLICATION);
    assertThat(binding.mayDeliver(command)).isTrue();
  }

  @Test
  void a_disabled_keys_session_gets_nothing_and_a_suspended_tenants_goes_on_with_it() {
    var admin = PlatformFixture.anAdministrator(watson.acme);
    SessionRights rights = restored();
    watson.domain.tenants.suspend(PlatformFixture.OPERATOR, watson.acme.id());
    watson.domain.apiKeys.setEnabled(admin, watson.acme.id(), key.key().key(), false);
    watson.domain.apiKeys.setEnabled(admin, watson.acme.id(), key.key().key(), true);
    watson.domain.tenants.resume(PlatformFixture.OPERATOR, watson.acme.id());
    assertThat(rights.mayDeliver(command)).isTrue();
    Message foreign = Message.of("other", new byte[0], Qos.AT_LEAST_ONCE);
    await().until(() -> !rights.mayDeliver(foreign));
    watson.domain.apiKeys.setEnabled(admin, watson.acme.id(), key.key().key(), false);
    assertThat(rights.mayDeliver(command)).isFalse();
  }
}
