package io.sallyport.watson.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.InMemoryTelemetryStore;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.watson.WatsonClientId;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.messaging.WatsonLimits;
import io.sallyport.watson.messaging.WatsonMessaging;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The contract's MQTT side over the domain in memory and a small broker, all on one thread. */
public final class WatsonFixture implements AutoCloseable {
  public static final String DOMAIN = "iot.example.com";

  public final PlatformFixture domain = new PlatformFixture();
  public final InMemoryTelemetryStore history = new InMemoryTelemetryStore(tenant -> true);
  public final SwitchableIngest ingest = new SwitchableIngest(history);
  public final SmallBroker broker = new SmallBroker();
  public final WatsonPlatform platform =
      new WatsonPlatform(
          domain.transactions,
          domain.tenantStore,
          domain.audit,
          domain.policy,
          domain.keyAuthenticator,
          domain.apiKeys,
          domain.deviceAuthenticator,
          domain.deviceStore,
          domain.registry,
          domain.connections,
          ingest,
          ingest,
          history,
          domain.commands,
          domain.dispatcher,
          domain.commandFeed);
  public final Tenant acme = domain.aTenant("acme01");
  public final Tenant bolt = domain.aTenant("bolt01");
  public final WatsonMessaging messaging;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  public WatsonFixture() {
    messaging =
        new WatsonMessaging(
            platform, broker, DOMAIN, WatsonLimits.DEFAULT, domain.clock, Runnable::run, timer);
    domain.deviceRevocations.add(messaging.deviceCleanup());
  }

  public Admission connect(TestConnect connect) {
    return messaging.gate().admit(connect.request());
  }

  /** Connects and opens; fails the test if the client is refused. */
  public TestClient admitted(TestConnect connect) {
    return unopened(connect).open();
  }

  /** Connects, and leaves the client before its CONNACK. */
  public TestClient unopened(TestConnect connect) {
    ConnectRequest request = connect.request();
    assertThat(messaging.claims(request)).isTrue();
    if (messaging.gate().admit(request) instanceof Admission.Admitted admitted) {
      return new TestClient(broker, admitted, request.connection());
    }
    throw new AssertionError("refused: " + request.clientId());
  }

  /** The refusal's code of MQTT 3.1.1. */
  public int refused(TestConnect connect) {
    return switch (connect(connect)) {
      case Admission.Refused refused -> refused.reason().returnCode();
      case Admission.Admitted _ -> throw new AssertionError("admitted");
    };
  }

  public static int notAuthorized() {
    return ConnectRefusal.NOT_AUTHORIZED.returnCode();
  }

  public RegisteredDevice pump(String id) {
    return domain.aDevice(acme).ofType("pump").withId(id).register();
  }

  public RegisteredDevice gateway(String id) {
    return domain.aDevice(acme).ofType("gw").withId(id).asGateway().register();
  }

  /** Behind the gateway, by an administrator. */
  public RegisteredDevice child(String id, RegisteredDevice gateway) {
    return domain.aDevice(acme).ofType("sensor").withId(id).behind(gateway.device()).register();
  }

  /** A CONNECT with the device's good credentials. */
  public static TestConnect as(RegisteredDevice device) {
    boolean gateway = device.device().deviceClass() == DeviceClass.GATEWAY;
    return new TestConnect(WatsonClientId.of(device.device().key(), gateway))
        .user("use-token-auth")
        .password(device.token().revealText());
  }

  /** A CONNECT with the key's good credentials. */
  public static TestConnect as(IssuedApiKey key, String appId) {
    return new TestConnect("a:" + key.key().tenant() + ":" + appId)
        .user(key.key().key())
        .password(key.token().revealText());
  }

  public TestClient application(Role role) {
    return application(acme, role);
  }

  public TestClient application(Tenant tenant, Role role) {
    return admitted(as(domain.anApiKey(tenant, role), "app-" + role.name()));
  }

  @Override
  public void close() {
    messaging.close();
    timer.shutdownNow();
    domain.close();
  }
}
