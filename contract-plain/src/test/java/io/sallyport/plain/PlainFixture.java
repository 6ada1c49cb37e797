package io.sallyport.plain;

import static io.sallyport.platform.testing.PlatformFixture.anAdministrator;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.ReceivedMark;
import io.sallyport.mqtt.RestoredSession;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.engine.CrashingStore;
import io.sallyport.mqtt.engine.MqttConfig;
import io.sallyport.mqtt.engine.MqttEngine;
import io.sallyport.mqtt.listen.Front;
import io.sallyport.mqtt.listen.HttpHop;
import io.sallyport.mqtt.listen.HttpPolicy;
import io.sallyport.mqtt.listen.ListenConfig;
import io.sallyport.mqtt.listen.ListenerConfig;
import io.sallyport.mqtt.listen.ListenerConfig.Encryption;
import io.sallyport.mqtt.listen.Transport;
import io.sallyport.mqtt.store.InMemorySessionStore;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.space.AccessRule;
import io.sallyport.platform.space.BridgeRights;
import io.sallyport.platform.space.ClientIdRule;
import io.sallyport.platform.space.ListenerIdentity;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainLimits;
import io.sallyport.platform.space.PlainSpace.Acknowledge;
import io.sallyport.platform.space.PlainSpace.DeniedPublish;
import io.sallyport.platform.space.PlainSpaces.NewCredential;
import io.sallyport.platform.space.PlainSpaces.Password;
import io.sallyport.platform.telemetry.BatchingIngest;
import io.sallyport.platform.telemetry.InMemoryTelemetryStore;
import io.sallyport.platform.telemetry.IngestLimits;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import java.net.UnixDomainSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Plain spaces behind the real engine and listeners, over the domain in memory. */
final class PlainFixture implements AutoCloseable {
  static final String PASSWORD = "a good password";
  static final String OPEN_DOOR = "identity-001";

  final PlatformFixture platform = new PlatformFixture();
  final Tenant acme = platform.aTenant("acme01");
  final Tenant rival = platform.aTenant("rival1");
  final InMemoryTelemetryStore log = new InMemoryTelemetryStore(tenant -> false);
  final BatchingIngest ingest =
      new BatchingIngest(
          log,
          IngestLimits.DEFAULT,
          platform.clock,
          task -> Thread.ofPlatform().daemon().unstarted(task),
          new SimpleMeterRegistry());
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /** What survives {@link #restart}, besides the domain and the log. */
  final InMemorySessionStore disk = new InMemorySessionStore(Runnable::run, 10_000);

  PlainMessaging messaging;
  MqttEngine engine;
  private CrashingStore store;
  private int marksBefore = Integer.MAX_VALUE;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Transport transport = Transport.best(2);
  private final Front front;

  PlainFixture() {
    ingest.start();
    store = new CrashingStore(disk);
    LateGate gate = new LateGate();
    engine = anEngine(gate);
    messaging = messaging(gate);
    platform.tenants.add(tenant -> messaging.tenantCleanup().tenantDeleted(tenant));
    engine.load();
    front =
        new Front(
            ListenConfig.of(List.of(listener("mqtt"), listener(OPEN_DOOR))),
            transport,
            Optional.empty(),
            (pipeline, info) -> engine.install(pipeline, info),
            NO_HTTP,
            meters,
            new SecureRandom());
    front.bind();
    aSpace(acme, "plain");
  }

  private MqttEngine anEngine(LateGate gate) {
    return new MqttEngine(
        MqttConfig.DEFAULT,
        gate,
        threads,
        Clock.systemUTC(),
        meters,
        () -> CompletableFuture.completedFuture(null),
        new SecureRandom(),
        store);
  }

  private PlainMessaging messaging(LateGate gate) {
    PlainMessaging made =
        new PlainMessaging(
            new PlainPlatform(
                platform.tenantStore,
                platform.plainSpaceStore,
                platform.plainSpaces,
                platform.plainAuthenticator,
                new BridgeRights(platform.tenantStore, platform.apiKeyStore, platform.deviceStore),
                platform.connections,
                platform.audit,
                ingest,
                ingest.feed()),
            engine,
            "iot.example",
            listener ->
                listener.equals(OPEN_DOOR)
                    ? Optional.of(new ListenerIdentity(acme.id(), "plain", "open"))
                    : Optional.empty(),
            PlainClientLimits.of(100, 1_000, 8L << 20, Duration.ofHours(1)),
            platform.clock,
            new SecureRandom(),
            threads,
            meters);
    gate.contract = made.gate();
    platform.plainSpaces.add(made.changes());
    return made;
  }

  /** The engine needs it before the contract is there. */
  private static final class LateGate implements ClientGate {
    private volatile @Nullable ClientGate contract;

    private ClientGate contract() {
      return java.util.Objects.requireNonNull(contract);
    }

    @Override
    public Admission admit(ConnectRequest request) {
      return contract().admit(request);
    }

    @Override
    public Optional<WillRights> reopen(SessionKey session, String login) {
      return contract().reopen(session, login);
    }

    @Override
    public SessionRights restored(RestoredSession session, List<HeldSubscription> held) {
      return contract().restored(session, held);
    }

    @Override
    public @Nullable Object note(Scope scope, String tag) {
      return contract().note(scope, tag);
    }
  }

  /** From now on nothing about sessions and retained messages is stored, as before a kill. */
  void losesWhatComes() {
    store.kill();
    marksBefore = log.markers().size();
  }

  /** As by kill -9, and a new start. What the log wrote with events is the sessions' as well. */
  void restart() {
    store.kill();
    marksBefore = Math.min(marksBefore, log.markers().size());
    engine.shutdown(Duration.ofMillis(100)).orTimeout(10, TimeUnit.SECONDS).join();
    messaging.close();
    log.markers().stream()
        .skip(marksBefore)
        .forEach(mark -> disk.putMark(new ReceivedMark(mark.key(), mark.value())));
    store = new CrashingStore(disk);
    LateGate gate = new LateGate();
    engine = anEngine(gate);
    messaging = messaging(gate);
    messaging.reviewBridges();
    engine.load();
    marksBefore = Integer.MAX_VALUE;
  }

  private static final HttpHop NO_HTTP =
      new HttpHop() {
        @Override
        public UnixDomainSocketAddress address() {
          throw new AssertionError("no HTTP here");
        }

        @Override
        public Optional<byte[]> open(ConnectionInfo info, HttpPolicy policy, Runnable cut) {
          throw new AssertionError("no HTTP here");
        }

        @Override
        public void abandon(byte[] token) {}
      };

  private static ListenerConfig listener(String name) {
    return ListenerConfig.of(
        name, List.of("127.0.0.1"), 0, "test", Encryption.PLAIN, true, HttpPolicy.NONE);
  }

  private int port(String listener) {
    return front.listeners().stream()
        .filter(bound -> bound.name().equals(listener))
        .findFirst()
        .orElseThrow()
        .address()
        .getPort();
  }

  void aSpace(Tenant tenant, String name) {
    platform.plainSpaces.createSpace(
        anAdministrator(tenant), tenant.id(), name, Acknowledge.DURABLE, DeniedPublish.DROP);
  }

  /** A credential for any client id. */
  PlainCredential aCredential(String name, String... rules) {
    return aCredential(acme, "plain", name, new ClientIdRule.Any(), PlainLimits.DEFAULT, rules);
  }

  PlainCredential aCredential(
      Tenant tenant,
      String space,
      String name,
      @Nullable ClientIdRule clientIds,
      PlainLimits limits,
      String... rules) {
    return platform
        .plainSpaces
        .createCredential(
            anAdministrator(tenant),
            tenant.id(),
            space,
            new NewCredential(
                name,
                new Password.Chosen(Secret.of(PASSWORD)),
                Optional.ofNullable(clientIds),
                rules(rules),
                limits))
        .credential();
  }

  static List<AccessRule> rules(String... rules) {
    return List.of(rules).stream().map(AccessRule::parse).toList();
  }

  void changeRules(String credential, String... rules) {
    platform.plainSpaces.changeRules(admin(), acme.id(), "plain", credential, rules(rules));
  }

  Principal admin() {
    return anAdministrator(acme);
  }

  RawMqttClient raw() {
    return RawMqttClient.open(port("mqtt"));
  }

  RawMqttClient rawAtOpenDoor() {
    return RawMqttClient.open(port(OPEN_DOOR));
  }

  /** A logged-in client of a credential of the first tenant. */
  RawMqttClient client(String credential, String clientId) {
    RawMqttClient client = raw();
    client.login(connect(credential, clientId));
    return client;
  }

  static Connect connect(String credential, String clientId) {
    return new Connect(clientId).login("acme01/" + credential, PASSWORD);
  }

  int codeOf(Connect connect) {
    try (RawMqttClient client = raw()) {
      client.send(connect.bytes());
      return client.expectConnAck();
    }
  }

  @Override
  public void close() {
    front.unbind();
    engine.shutdown(Duration.ofMillis(100)).orTimeout(10, TimeUnit.SECONDS).join();
    front.close();
    messaging.close();
    ingest.close();
    transport.close();
    threads.shutdownNow();
    platform.close();
  }
}
