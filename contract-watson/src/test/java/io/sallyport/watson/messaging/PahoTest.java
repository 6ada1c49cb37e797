package io.sallyport.watson.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.engine.MqttConfig;
import io.sallyport.mqtt.engine.MqttEngine;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.BatchingIngest;
import io.sallyport.platform.telemetry.IngestLimits;
import io.sallyport.watson.WatsonClientId;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.testing.WatsonFixture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract on the real engine and ingest, spoken to by the Paho client that the SDKs use. */
class PahoTest {
  private final WatsonFixture watson = new WatsonFixture();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicReference<ClientGate> gate = new AtomicReference<>();
  private final BatchingIngest ingest =
      new BatchingIngest(
          watson.history,
          IngestLimits.DEFAULT,
          Clock.systemUTC(),
          task -> new Thread(task, "ingest"),
          new SimpleMeterRegistry());
  private final MqttEngine engine =
      new MqttEngine(
          MqttConfig.DEFAULT,
          request -> gate.get().admit(request),
          threads,
          Clock.systemUTC(),
          new SimpleMeterRegistry(),
          () -> CompletableFuture.completedFuture(null));
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final Channel listener;
  private final WatsonMessaging messaging;
  private final List<MqttClient> clients = new CopyOnWriteArrayList<>();

  PahoTest() {
    ingest.start();
    WatsonPlatform p = watson.platform;
    messaging =
        new WatsonMessaging(
            new WatsonPlatform(
                p.transactions(),
                p.tenants(),
                p.audit(),
                p.policy(),
                p.keyLogins(),
                p.apiKeys(),
                p.deviceLogins(),
                p.devices(),
                p.registry(),
                p.live(),
                ingest,
                ingest.feed(),
                p.history(),
                p.commands(),
                p.routes(),
                p.commandFeed()),
            engine,
            WatsonFixture.DOMAIN,
            WatsonLimits.DEFAULT,
            Clock.systemUTC(),
            threads,
            timer);
    gate.set(messaging.gate());
    AtomicLong ids = new AtomicLong();
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    engine.install(channel.pipeline(), info(channel, ids.incrementAndGet()));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  private static ConnectionInfo info(Channel channel, long id) {
    return new ConnectionInfo(
        id,
        "mqtt",
        (InetSocketAddress) channel.remoteAddress(),
        (InetSocketAddress) channel.localAddress(),
        false,
        "",
        "",
        Optional.empty(),
        List.of(),
        false);
  }

  @AfterEach
  void close() throws MqttException {
    for (MqttClient client : clients) {
      if (client.isConnected()) {
        client.disconnectForcibly(0, 100, false);
      }
      client.close(true);
    }
    listener.close().syncUninterruptibly();
    engine.shutdown(Duration.ofMillis(100)).orTimeout(10, TimeUnit.SECONDS).join();
    messaging.close();
    ingest.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    timer.shutdownNow();
    threads.shutdownNow();
    watson.close();
  }

  private MqttClient connect(String clientId, String user, String token) throws MqttException {
    int port = ((InetSocketAddress) listener.localAddress()).getPort();
    MqttClient client =
        new MqttClient("tcp://127.0.0.1:" + port, clientId, new MemoryPersistence());
    clients.add(client);
    client.setTimeToWait(10_000);
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName(user);
    options.setPassword(token.toCharArray());
    client.connect(options);
    return client;
  }

  private MqttClient connect(RegisteredDevice device) throws MqttException {
    return connect(
        WatsonClientId.of(device.device().key(), false),
        "use-token-auth",
        device.token().revealText());
  }

  private MqttClient application() throws MqttException {
    IssuedApiKey key = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
    return connect("a:acme01:app1", key.key().key(), key.token().revealText());
  }

  private static List<String> heard(MqttClient client, String filter, int qos)
      throws MqttException {
    List<String> heard = new CopyOnWriteArrayList<>();
    client.subscribe(
        filter,
        qos,
        (topic, message) ->
            heard.add(
                topic
                    + " "
                    + new String(message.getPayload(), StandardCharsets.UTF_8)
                    + " "
                    + message.getQos()));
    return heard;
  }

  private static void publish(MqttClient client, String topic, String payload, int qos)
      throws MqttException {
    client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), qos, true);
  }

  @Test
  void events_come_out_under_the_long_topic_and_commands_reach_the_device() throws Exception {
    MqttClient application = application();
    List<String> events = heard(application, "iot-2/type/+/id/+/evt/+/fmt/+", 2);
    MqttClient device = connect(watson.pump("p1"));
    List<String> commands = heard(device, "iot-2/cmd/+/fmt/+", 1);

    for (int qos = 0; qos <= 2; qos++) {
      publish(device, "iot-2/evt/status/fmt/json", "{\"q\":" + qos + "}", qos);
    }
    await()
        .untilAsserted(() ->
            assertThat(events)
                .containsExactly(
                    "iot-2/type/pump/id/p1/evt/status/fmt/json {\"q\":0} 0",
                    "iot-2/type/pump/id/p1/evt/status/fmt/json {\"q\":1} 1",
                    "iot-2/type/pump/id/p1/evt/status/fmt/json {\"q\":2} 2"));

    publish(application, "iot-2/type/pump/id/p1/cmd/reset/fmt/json", "{}", 2);
    await()
        .untilAsserted(() -> assertThat(commands).containsExactly("iot-2/cmd/reset/fmt/json {} 1"));
  }

  @Test
  void status_tells_each_end_with_its_code() throws Exception {
    MqttClient application = application();
    List<String> status = heard(application, "iot-2/type/+/id/+/mon", 0);
    RegisteredDevice pump = watson.pump("p1");

    MqttClient first = connect(pump);
    MqttClient second = connect(pump);
    await().untilAsserted(() -> assertThat(status).anyMatch(text -> hasCode(text, 288)));
    await().until(() -> !first.isConnected());

    assertThatThrownBy(() -> publish(second, "iot-2/type/pump/id/p2/evt/a/fmt/json", "{}", 1))
        .isInstanceOf(MqttException.class);
    await().untilAsserted(() -> assertThat(status).anyMatch(text -> hasCode(text, 180)));

    MqttClient third = connect(pump);
    assertThatThrownBy(() -> publish(third, "iot-2/evt/a/fmt/bin", "x".repeat(131_073), 1))
        .isInstanceOf(MqttException.class);
    await().untilAsserted(() -> assertThat(status).anyMatch(text -> hasCode(text, 287)));

    MqttClient fourth = connect(pump);
    publish(fourth, "iot-2/evt/a/fmt/bin", "x".repeat(131_072), 1);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 51; i++) {
                fourth.subscribe("iot-2/cmd/c" + i + "/fmt/json");
              }
            })
        .isInstanceOf(MqttException.class);
    await().untilAsserted(() -> assertThat(status).anyMatch(text -> hasCode(text, 154)));
  }

  private static boolean hasCode(String status, int code) {
    return status.contains("\"CloseCode\":" + code);
  }

  @Test
  void a_refused_login_has_code_5_and_a_refused_filter_0x80() throws Exception {
    RegisteredDevice pump = watson.pump("p1");
    assertThatThrownBy(() -> connect("d:acme01:pump:p1", "use-token-auth", "wrong-token"))
        .isInstanceOfSatisfying(
            MqttException.class, refused -> assertThat(refused.getReasonCode()).isEqualTo(5));
    MqttClient device = connect(pump);
    assertThatThrownBy(() -> device.subscribe("iot-2/type/+/id/+/evt/+/fmt/+"))
        .isInstanceOfSatisfying(
            MqttException.class, refused -> assertThat(refused.getReasonCode()).isEqualTo(128));
    assertThat(device.isConnected()).isTrue();
  }

  @Test
  void retained_state_reaches_a_later_subscriber() throws Exception {
    RegisteredDevice pump = watson.pump("p1");
    connect(pump).disconnect();
    List<MqttMessage> seen = new CopyOnWriteArrayList<>();
    application().subscribe("iot-2/type/pump/id/p1/mon", 0, (topic, message) -> seen.add(message));
    await().untilAsserted(() -> assertThat(seen).hasSize(1));
    assertThat(seen.getFirst().isRetained()).isTrue();
    assertThat(new String(seen.getFirst().getPayload(), StandardCharsets.UTF_8))
        .contains("\"Action\":\"Disconnect\"")
        .doesNotContain("CloseCode");
  }
}
