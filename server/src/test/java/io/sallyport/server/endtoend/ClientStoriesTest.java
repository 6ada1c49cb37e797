package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.server.endtoend.StoryClient.Heard;
import io.sallyport.server.endtoend.StoryClient.Transport;
import io.sallyport.server.endtoend.StoryClient.Way;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stories of sessions, QoS and reconnecting, told by clients of others, unmodified, over each
 * transport to a plain space. Mosquitto's programs are in {@code MosquittoStoriesTest}, MQTT.js in
 * {@code MqttJsStoriesTest}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientStoriesTest {
  static final String BOOTSTRAP =
      """
      tenants:
        - id: acme01
          name: Acme
          plainSpaces:
            - name: plain
              credentials:
                - { user: tester, password: "tester-password", clientIds: any, rules: ["allow both #"] }
          listeners:
            - { port: 0, identity: { space: plain, user: tester } }
      """;
  static final String DOOR = "identity-001";

  /** Held here because loggers are forgotten when nobody holds them. */
  private static final Logger PAHO_5 = Logger.getLogger("org.eclipse.paho.mqttv5");

  enum Make {
    PAHO,
    PAHO_5,
    HIVEMQ,
    HIVEMQ_5
  }

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private Path folder = Path.of("");
  private RunningServer server;
  private TrustManagerFactory trustManagers;
  private int story;
  private int clients;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    PAHO_5.setLevel(Level.OFF);
    folder = temporary;
    server = RunningServer.bootstrapped(folder, "", BOOTSTRAP);
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(server.caFile())) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trustManagers.init(trusted);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @AfterEach
  void closeAll() throws Exception {
    story++;
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  static Stream<Arguments> clients() {
    return Stream.of(Make.values())
        .flatMap(
            make -> Stream.of(Transport.values()).map(transport -> Arguments.of(make, transport)));
  }

  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("clients")
  void messages_of_every_qos_go_both_ways_in_order(Make make, Transport transport)
      throws Exception {
    StoryClient reader = client(make, transport, "reader");
    StoryClient writer = client(make, transport, "writer");
    reader.connect(true);
    reader.subscribe("way/#", 2);
    writer.connect(true);
    for (int n = 0; n < 30; n++) {
      writer.publish("way/" + n % 3, "m" + n, n % 3, false).get(20, TimeUnit.SECONDS);
    }
    List<Heard> all = take(reader, 30);
    for (int qos = 0; qos < 3; qos++) {
      int wanted = qos;
      assertThat(all)
          .filteredOn(heard -> heard.topic().equals("way/" + wanted))
          .hasSize(10)
          .allSatisfy(heard -> assertThat(heard.qos()).isEqualTo(wanted))
          .extracting(heard -> Integer.valueOf(heard.text().substring(1)))
          .isSorted();
    }
    reader.unsubscribe("way/#");
    writer.publish("way/0", "after", 1, false).get(20, TimeUnit.SECONDS);
    reader.subscribe("end", 1);
    writer.publish("end", "end", 1, false).get(20, TimeUnit.SECONDS);
    assertThat(hear(reader).text()).isEqualTo("end");
  }

  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("clients")
  void clean_session_is_forgotten(Make make, Transport transport) throws Exception {
    StoryClient reader = client(make, transport, "reader");
    StoryClient writer = client(make, transport, "writer");
    writer.connect(true);
    assertThat(reader.connect(true)).isFalse();
    reader.subscribe("forgotten", 1);
    reader.disconnect();
    writer.publish("forgotten", "missed", 1, false).get(20, TimeUnit.SECONDS);
    assertThat(reader.connect(false)).isFalse();
    reader.subscribe("end", 1);
    writer.publish("forgotten", "missed too", 1, false).get(20, TimeUnit.SECONDS);
    writer.publish("end", "end", 1, false).get(20, TimeUnit.SECONDS);
    assertThat(hear(reader).text()).isEqualTo("end");
  }

  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("clients")
  void session_that_lasts_gets_what_it_missed(Make make, Transport transport) throws Exception {
    StoryClient reader = client(make, transport, "reader");
    StoryClient writer = client(make, transport, "writer");
    writer.connect(true);
    assertThat(reader.connect(false)).isFalse();
    reader.subscribe("missed/#", 2);
    reader.disconnect();
    for (int n = 0; n < 60; n++) {
      writer.publish("missed/t", "m" + n, 1 + n % 2, false).get(20, TimeUnit.SECONDS);
    }
    assertThat(reader.connect(false)).isTrue();
    List<Heard> missed = take(reader, 60);
    for (int qos = 1; qos <= 2; qos++) {
      int wanted = qos;
      assertThat(missed)
          .filteredOn(heard -> heard.qos() == wanted)
          .extracting(heard -> Integer.valueOf(heard.text().substring(1)))
          .hasSize(30)
          .isSorted();
    }
    writer.publish("missed/t", "end", 1, false).get(20, TimeUnit.SECONDS);
    assertThat(hear(reader).text()).isEqualTo("end");
  }

  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("clients")
  void retained_message_meets_whoever_subscribes_until_it_is_removed(Make make, Transport transport)
      throws Exception {
    StoryClient reader = client(make, transport, "reader");
    StoryClient writer = client(make, transport, "writer");
    String topic = "kept/" + story;
    writer.connect(true);
    reader.connect(true);
    writer.publish(topic, "first", 1, true).get(20, TimeUnit.SECONDS);
    writer.publish(topic, "second", 2, true).get(20, TimeUnit.SECONDS);
    reader.subscribe(topic, 2);
    assertThat(hear(reader)).isEqualTo(new Heard(topic, "second", 2, true));
    writer.publish(topic, "third", 1, true).get(20, TimeUnit.SECONDS);
    assertThat(hear(reader)).isEqualTo(new Heard(topic, "third", 1, false));
    writer.publish(topic, "", 1, true).get(20, TimeUnit.SECONDS);
    assertThat(hear(reader)).isEqualTo(new Heard(topic, "", 1, false));
    reader.unsubscribe(topic);
    reader.subscribe(topic, 2);
    writer.publish(topic, "end", 1, false).get(20, TimeUnit.SECONDS);
    assertThat(hear(reader).text()).isEqualTo("end");
  }

  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("clients")
  void will_is_published_when_the_wire_is_cut_and_not_after_disconnect(
      Make make, Transport transport) throws Exception {
    StoryClient reader = client(make, transport, "reader");
    reader.connect(true);
    String topic = "will/" + story;
    reader.subscribe(topic + "/#", 1);
    CuttableWire wire = wire(transport);
    StoryClient mortal = client(make, transport, "mortal", wire.port());
    mortal.connectWithWill(topic + "/left", "left");
    mortal.disconnect();
    mortal.connectWithWill(topic + "/lost", "lost");
    wire.cut();
    Heard will = hear(reader);
    assertThat(will.topic()).isEqualTo(topic + "/lost");
    assertThat(will.text()).isEqualTo("lost");
    assertThat(reader.heard()).isEmpty();
    patiently().until(() -> !mortal.isConnected());
  }

  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("clients")
  void later_connection_takes_the_session_over(Make make, Transport transport) throws Exception {
    StoryClient writer = client(make, transport, "writer");
    writer.connect(true);
    StoryClient earlier = client(make, transport, "same");
    StoryClient later = client(make, transport, "same");
    assertThat(earlier.connect(false)).isFalse();
    earlier.subscribe("over", 2);
    assertThat(later.connect(false)).isTrue();
    patiently().until(() -> !earlier.isConnected());
    writer.publish("over", "for the later", 2, false).get(20, TimeUnit.SECONDS);
    assertThat(hear(later).text()).isEqualTo("for the later");
    assertThat(earlier.heard()).isEmpty();
  }

  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("clients")
  void what_the_client_could_not_acknowledge_comes_again(Make make, Transport transport)
      throws Exception {
    CuttableWire wire = wire(transport);
    StoryClient reader = client(make, transport, "reader", wire.port());
    StoryClient writer = client(make, transport, "writer");
    writer.connect(true);
    reader.connect(false);
    reader.subscribe("again/#", 2);
    wire.loseWhatTheClientSays();
    for (int n = 0; n < 10; n++) {
      writer.publish("again/" + (1 + n % 2), "m" + n, 1 + n % 2, false).get(20, TimeUnit.SECONDS);
    }
    // Once those of QoS 1 have arrived, their acknowledgements are among what was lost.
    List<Heard> before = new ArrayList<>();
    while (texts(before, 1).size() < 5) {
      before.add(hear(reader));
    }
    wire.cut();
    patiently().until(() -> !reader.isConnected());
    reader.heard().drainTo(before);
    assertThat(reader.connect(false)).isTrue();
    writer.publish("again/1", "end", 1, false).get(20, TimeUnit.SECONDS);
    List<Heard> after = new ArrayList<>();
    while (after.isEmpty() || !after.getLast().text().equals("end")) {
      after.add(hear(reader));
    }
    // In order per topic; and the flows of QoS 2 may end behind the last message of QoS 1.
    assertThat(texts(after, 1)).containsExactly("m0", "m2", "m4", "m6", "m8", "end");
    patiently()
        .untilAsserted(() -> {
          reader.heard().drainTo(after);
          List<String> told = new ArrayList<>(texts(before, 2));
          if (make == Make.PAHO_5) {
            // It tells a message when PUBLISH comes, and forgets that it did with the connection.
            told.clear();
          }
          told.addAll(texts(after, 2));
          assertThat(told).containsExactly("m1", "m3", "m5", "m7", "m9");
        });
  }

  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("clients")
  void message_whose_answer_was_lost_is_taken_once(Make make, Transport transport)
      throws Exception {
    CuttableWire wire = wire(transport);
    StoryClient writer = client(make, transport, "writer", wire.port());
    writer.connect(false);
    try (RawMqttClient observer = RawMqttClient.open(server.server().port(DOOR))) {
      observer.login("observer-" + story, true);
      // QoS 0: each copy is one message that was taken.
      assertThat(observer.subscribe(1, 0, "once/#")).isEqualTo("00");
      wire.loseWhatTheServerSays();
      Future<?> one = writer.publish("once/1", "one", 1, false);
      Future<?> two = writer.publish("once/2", "two", 2, false);
      assertThat(List.of(observer.expectPublish().topic(), observer.expectPublish().topic()))
          .containsExactlyInAnyOrder("once/1", "once/2");
      wire.cut();
      patiently().until(() -> !writer.isConnected());
      assertThat(writer.connect(false)).isTrue();
      // The client has sent the message of QoS 1 again, as it must.
      assertThat(observer.expectPublish().topic()).isEqualTo("once/1");
      writer.publish("once/end", "end", 2, false).get(20, TimeUnit.SECONDS);
      assertThat(observer.expectPublish().topic()).isEqualTo("once/end");
      if (make == Make.HIVEMQ || make == Make.HIVEMQ_5) {
        one.get(20, TimeUnit.SECONDS);
        two.get(20, TimeUnit.SECONDS);
      }
    }
  }

  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("clients")
  void members_of_a_shared_subscription_get_each_message_once_between_them(
      Make make, Transport transport) throws Exception {
    StoryClient writer = client(make, transport, "writer");
    StoryClient first = client(make, transport, "first");
    StoryClient second = client(make, transport, "second");
    for (StoryClient client : List.of(writer, first, second)) {
      client.connect(true);
    }
    String topic = "shared/" + story;
    first.subscribe("$share/group/" + topic + "/#", 2);
    second.subscribe("$share/group/" + topic + "/#", 2);
    for (int n = 0; n < 20; n++) {
      writer.publish(topic + "/" + n % 4, "m" + n, n % 3, false).get(20, TimeUnit.SECONDS);
    }
    patiently()
        .untilAsserted(
            () -> assertThat(first.heard().size() + second.heard().size()).isEqualTo(20));
    assertThat(first.heard()).isNotEmpty();
    assertThat(second.heard()).isNotEmpty();
    assertThat(
            Stream.of(first, second)
                .map(StoryClient::heard)
                .flatMap(Collection::stream)
                .map(Heard::text))
        .doesNotHaveDuplicates();
    // Who is left gets all.
    second.disconnect();
    for (int n = 20; n < 25; n++) {
      writer.publish(topic + "/t", "m" + n, 1, false).get(20, TimeUnit.SECONDS);
    }
    patiently().until(() -> first.heard().size() >= 5);
    assertThat(first.heard()).extracting(Heard::text).contains("m20", "m21", "m22", "m23", "m24");
  }

  /**
   * Paho's receiver thread of version 5 ends with an exception when its client is closed under it.
   */
  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(20)).dontCatchUncaughtExceptions();
  }

  private CuttableWire wire(Transport transport) {
    CuttableWire wire = new CuttableWire(port(transport));
    open.push(wire);
    return wire;
  }

  private int port(Transport transport) {
    return switch (transport) {
      case TCP -> server.server().port(DOOR);
      case TLS -> server.mqtts();
      case WEBSOCKET -> server.https();
    };
  }

  private StoryClient client(Make make, Transport transport, String name) throws Exception {
    return client(make, transport, name, port(transport));
  }

  private StoryClient client(Make make, Transport transport, String name, int port)
      throws Exception {
    clients++;
    String clientId = name + "-" + story + "-" + make + "-" + transport;
    Way way =
        new Way(
            transport,
            port,
            server.trust(),
            trustManagers,
            clientId,
            Files.createDirectory(folder.resolve("client-" + clients)));
    StoryClient client =
        switch (make) {
          case PAHO -> new PahoStoryClient(way);
          case PAHO_5 -> new Paho5StoryClient(way);
          case HIVEMQ -> new HiveMqStoryClient(way);
          case HIVEMQ_5 -> new HiveMq5StoryClient(way);
        };
    open.push(client);
    return client;
  }

  private static Heard hear(StoryClient client) throws InterruptedException {
    Heard heard = client.heard().poll(20, TimeUnit.SECONDS);
    if (heard == null) {
      throw new AssertionError("nothing came");
    }
    return heard;
  }

  private static List<Heard> take(StoryClient client, int count) throws InterruptedException {
    List<Heard> taken = new ArrayList<>();
    BlockingQueue<Heard> heard = client.heard();
    for (int n = 0; n < count; n++) {
      Heard next = heard.poll(20, TimeUnit.SECONDS);
      assertThat(next).as("message %d of %d", n + 1, count).isNotNull();
      if (next != null) {
        taken.add(next);
      }
    }
    return taken;
  }

  private static List<String> texts(List<Heard> all, int qos) {
    return all.stream().filter(heard -> heard.qos() == qos).map(Heard::text).toList();
  }
}
