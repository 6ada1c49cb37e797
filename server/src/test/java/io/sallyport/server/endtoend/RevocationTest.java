package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Packet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What is taken away is gone within five seconds, and leaves nothing behind (THREATS T31). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RevocationTest {
  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final String TOKEN = "token-of-the-first";

  private RunningServer server;
  private RunningServer.Rest operator;
  private final AtomicInteger organizations = new AtomicInteger();

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    server = RunningServer.in(folder);
    operator = server.operator();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /** An organization of its own: two devices, an application, and an administrator who watches. */
  private final class Organization {
    private final String id = "rev%03d".formatted(organizations.incrementAndGet());
    private final RunningServer.Rest admin;
    private final String adminKey;
    private final String adminToken;
    private final String applicationKey;
    private final String applicationToken;

    Organization() {
      done(operator.send("POST", "/api/v1/tenants", "{\"id\":\"" + id + "\",\"name\":\"R\"}"), 201);
      JsonNode first = newKey(operator, "administrator");
      adminKey = first.path("key").asString();
      adminToken = first.path("token").asString();
      admin = server.rest(adminKey, adminToken);
      JsonNode second = newKey(admin, "PD_STANDARD_APP");
      applicationKey = second.path("key").asString();
      applicationToken = second.path("token").asString();
      done(admin.send("POST", "/api/v0002/device/types", "{\"id\":\"pump\"}"), 201);
      register("first");
      register("second");
    }

    private JsonNode newKey(RunningServer.Rest by, String role) {
      return by.json(
          done(
              by.send(
                  "POST", "/api/v1/tenants/" + id + "/api-keys", "{\"roles\":[\"" + role + "\"]}"),
              201));
    }

    void register(String device) {
      done(
          admin.send(
              "POST",
              "/api/v0002/device/types/pump/devices",
              "{\"deviceId\":\"" + device + "\",\"authToken\":\"" + TOKEN + "\"}"),
          201);
    }

    String path(String rest) {
      return "/api/v1/tenants/" + id + rest;
    }

    Connect device(String device) {
      return new Connect("d:" + id + ":pump:" + device)
          .login("use-token-auth", TOKEN)
          .will("iot-2/evt/will/fmt/json", "{}", 1, false);
    }

    Connect application() {
      return new Connect("a:" + id + ":app")
          .login(applicationKey, applicationToken)
          .will("iot-2/type/pump/id/second/evt/will/fmt/json", "{}", 1, false);
    }

    RawMqttClient watcher() {
      RawMqttClient watcher = server.raw();
      watcher.login(new Connect("a:" + id + ":watcher").login(adminKey, adminToken));
      assertThat(watcher.subscribe(1, 0, "iot-2/type/+/id/+/evt/will/fmt/+")).isEqualTo("00");
      return watcher;
    }
  }

  private static HttpResponse<String> done(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return response;
  }

  /** Who is connected, and is cut off or not. */
  enum Client {
    FIRST,
    SECOND,
    APPLICATION,
    WATCHER
  }

  enum Revocation {
    DEVICE_DELETED,
    DEVICE_DISABLED,
    TOKEN_REPLACED,
    KEY_DELETED,
    KEY_DISABLED,
    ROLES_CHANGED,
    TENANT_SUSPENDED,
    TENANT_DELETED;

    boolean cutsOff(Client client) {
      return switch (this) {
        case DEVICE_DELETED, DEVICE_DISABLED, TOKEN_REPLACED -> client == Client.FIRST;
        case KEY_DELETED, KEY_DISABLED, ROLES_CHANGED -> client == Client.APPLICATION;
        case TENANT_SUSPENDED, TENANT_DELETED -> true;
      };
    }
  }

  private HttpResponse<String> carryOut(Revocation revocation, Organization of) {
    String key = of.path("/api-keys/" + of.applicationKey);
    String first = of.path("/devices/pump/first");
    return switch (revocation) {
      case DEVICE_DELETED -> done(of.admin.send("DELETE", first, ""), 204);
      case DEVICE_DISABLED -> done(of.admin.send("PATCH", first, "{\"enabled\":false}"), 200);
      case TOKEN_REPLACED -> done(of.admin.send("POST", first + "/credentials", ""), 200);
      case KEY_DELETED -> done(of.admin.send("DELETE", key, ""), 204);
      case KEY_DISABLED -> done(of.admin.send("PATCH", key, "{\"enabled\":false}"), 200);
      case ROLES_CHANGED ->
          done(of.admin.send("PATCH", key, "{\"roles\":[\"PD_VISUALIZATION_APP\"]}"), 200);
      case TENANT_SUSPENDED ->
          done(operator.send("PATCH", of.path(""), "{\"status\":\"suspended\"}"), 200);
      case TENANT_DELETED -> done(operator.send("DELETE", of.path(""), ""), 204);
    };
  }

  /**
   * @param lastAcceptedNanos when the last PUBACK came
   */
  private record End(boolean closed, long closedNanos, long lastAcceptedNanos) {}

  /** Publishes without pause until the connection ends or the time is up. */
  private static End publishUntilClosed(RawMqttClient client, String topic, AtomicBoolean enough) {
    long accepted = System.nanoTime();
    int id = 1;
    try {
      while (!enough.get()) {
        client.sendPublish(topic, "{}", 1, id);
        if (client.expectAck(RawMqttClient.PUBACK) != id) {
          throw new AssertionError("another id");
        }
        accepted = System.nanoTime();
        id = id % 60_000 + 1;
        TimeUnit.MILLISECONDS.sleep(5);
      }
      return new End(false, System.nanoTime(), accepted);
    } catch (UncheckedIOException end) {
      return new End(true, System.nanoTime(), accepted);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoever_is_revoked_is_closed_within_5_seconds_and_nobody_else(Revocation revocation)
      throws Exception {
    Organization of = new Organization();
    AtomicBoolean enough = new AtomicBoolean();
    try (RawMqttClient first = server.raw();
        RawMqttClient second = server.raw();
        RawMqttClient application = server.raw();
        RawMqttClient watcher = of.watcher();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      first.login(of.device("first"));
      second.login(of.device("second"));
      application.login(of.application());
      String own = "iot-2/evt/beat/fmt/json";
      List<Future<End>> ends = new ArrayList<>();
      ends.add(threads.submit(() -> publishUntilClosed(first, own, enough)));
      ends.add(threads.submit(() -> publishUntilClosed(second, own, enough)));
      String ofSecond = "iot-2/type/pump/id/second/evt/beat/fmt/json";
      ends.add(threads.submit(() -> publishUntilClosed(application, ofSecond, enough)));

      HttpResponse<String> answer = carryOut(revocation, of);
      long answered = System.nanoTime();
      assertThat(answer.statusCode()).isLessThan(300);
      for (Client client : List.of(Client.FIRST, Client.SECOND, Client.APPLICATION)) {
        if (revocation.cutsOff(client)) {
          End end = ends.get(client.ordinal()).get(BOUND.toSeconds() + 5, TimeUnit.SECONDS);
          assertThat(end.closed()).as("%s is closed", client).isTrue();
          assertThat(Duration.ofNanos(end.closedNanos() - answered))
              .as("%s: from the answer to the end", client)
              .isLessThan(BOUND);
          assertThat(Duration.ofNanos(end.lastAcceptedNanos() - answered))
              .as("%s: from the answer to the last acknowledgement", client)
              .isLessThan(BOUND);
        }
      }
      if (revocation.cutsOff(Client.WATCHER)) {
        watcher.expectClosed();
        assertThat(Duration.ofNanos(System.nanoTime() - answered)).isLessThan(BOUND);
      } else {
        watcher.expectNothingBeforePong();
      }
      enough.set(true);
      for (Client client : List.of(Client.FIRST, Client.SECOND, Client.APPLICATION)) {
        if (!revocation.cutsOff(client)) {
          assertThat(ends.get(client.ordinal()).get(15, TimeUnit.SECONDS).closed())
              .as("%s stays", client)
              .isFalse();
        }
      }
      if (revocation != Revocation.TENANT_DELETED) {
        assertNoWill(of, revocation);
      }
      assertLoginsRefused(of, revocation);
    }
  }

  private void assertNoWill(Organization of, Revocation revocation) {
    if (revocation == Revocation.TENANT_SUSPENDED) {
      done(operator.send("PATCH", of.path(""), "{\"status\":\"active\"}"), 200);
    }
    for (String device : List.of("first", "second")) {
      if (device.equals("second") || revocation != Revocation.DEVICE_DELETED) {
        JsonNode wills =
            of.admin.json(
                done(of.admin.get(of.path("/devices/pump/" + device + "/events?name=will")), 200));
        assertThat(wills.path("items").size()).as("wills of %s", device).isZero();
      }
    }
    if (revocation == Revocation.TENANT_SUSPENDED) {
      done(operator.send("PATCH", of.path(""), "{\"status\":\"suspended\"}"), 200);
    }
  }

  private void assertLoginsRefused(Organization of, Revocation revocation) {
    if (revocation.cutsOff(Client.FIRST)) {
      assertThat(connAck(of.device("first"))).isEqualTo(5);
    }
    if (revocation.cutsOff(Client.APPLICATION) && revocation != Revocation.ROLES_CHANGED) {
      assertThat(connAck(of.application())).isEqualTo(5);
    }
  }

  private int connAck(Connect connect) {
    try (RawMqttClient client = server.raw()) {
      client.send(connect.bytes());
      return client.expectConnAck();
    }
  }

  /** Who sends a request slowly, and is cut off or not. */
  enum Sender {
    DEVICE(Client.FIRST),
    APPLICATION(Client.APPLICATION),
    NATIVE_APPLICATION(Client.APPLICATION);

    private final Client client;

    Sender(Client client) {
      this.client = client;
    }
  }

  private Socket held(Organization of, Sender sender, String body) throws IOException {
    String target =
        switch (sender) {
          case DEVICE -> "/api/v0002/device/types/pump/devices/first/events/late";
          case APPLICATION -> "/api/v0002/application/types/pump/devices/second/events/late";
          case NATIVE_APPLICATION -> of.path("/devices/pump/second/events");
        };
    String login =
        sender == Sender.DEVICE
            ? RawHttps.basic("use-token-auth", TOKEN)
            : RawHttps.basic(of.applicationKey, of.applicationToken);
    Socket socket = server.socket(server.https());
    String head =
        "POST "
            + target
            + " HTTP/1.1\r\nHost: "
            + (sender == Sender.DEVICE ? of.id + ".messaging.localhost" : "localhost")
            + "\r\nAuthorization: "
            + login
            + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n";
    socket.getOutputStream().write((head + body.substring(0, body.length() - 6)).getBytes(UTF_8));
    socket.getOutputStream().flush();
    return socket;
  }

  private double bodyBytes() {
    return done(operator.get("/metrics"), 200)
        .body()
        .lines()
        .filter(line -> line.startsWith("sallyport_body_bytes "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  /** Sends the rest, if it still can, and reads what there is. */
  private static String finish(Socket socket, String rest) throws IOException {
    try {
      socket.setSoTimeout((int) BOUND.toMillis());
      socket.getOutputStream().write(rest.getBytes(UTF_8));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (SocketException cut) {
      return "cut";
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_request_whose_body_is_still_coming_is_cut_and_not_carried_out(Revocation revocation)
      throws Exception {
    Organization of = new Organization();
    // One body for all: the native API reads name and payload, the contract takes it as it is.
    String body = "{\"name\":\"late\",\"payload\":{\"pad\":\"" + "x".repeat(40_000) + "\"}}";
    await().until(() -> bodyBytes() == 0);
    try (Socket device = held(of, Sender.DEVICE, body);
        Socket application = held(of, Sender.APPLICATION, body);
        Socket natively = held(of, Sender.NATIVE_APPLICATION, body)) {
      await().until(() -> bodyBytes() >= 3.0 * body.length());

      carryOut(revocation, of);

      List<Socket> sockets = List.of(device, application, natively);
      for (Sender sender : Sender.values()) {
        Socket socket = sockets.get(sender.ordinal());
        if (revocation.cutsOff(sender.client)) {
          socket.setSoTimeout((int) BOUND.toMillis());
          try {
            assertThat(socket.getInputStream().read()).as("%s is cut", sender).isEqualTo(-1);
          } catch (SocketException reset) {
            assertThat(reset).isNotNull();
          }
        }
        String answer = finish(socket, body.substring(body.length() - 6));
        if (revocation.cutsOff(sender.client)) {
          assertThat(answer).as("%s", sender).isIn("", "cut");
        } else {
          assertThat(answer).as("%s", sender).startsWith("HTTP/1.1 20");
        }
      }
    }
    if (revocation != Revocation.TENANT_DELETED) {
      if (revocation == Revocation.TENANT_SUSPENDED) {
        done(operator.send("PATCH", of.path(""), "{\"status\":\"active\"}"), 200);
      }
      assertThat(late(of, "second")).isEqualTo(revocation.cutsOff(Client.APPLICATION) ? 0 : 2);
      if (revocation != Revocation.DEVICE_DELETED) {
        assertThat(late(of, "first")).isEqualTo(revocation.cutsOff(Client.FIRST) ? 0 : 1);
      }
    }
    await().until(() -> bodyBytes() == 0);
  }

  private static int late(Organization of, String device) {
    return of.admin
        .json(done(of.admin.get(of.path("/devices/pump/" + device + "/events?name=late")), 200))
        .path("items")
        .size();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_slow_download_ends_within_5_seconds(boolean natively) throws Exception {
    Organization of = new Organization();
    try (RawMqttClient first = server.raw()) {
      first.login(of.device("first"));
      String payload = "{\"pad\":\"" + "x".repeat(120_000) + "\"}";
      for (int id = 1; id <= 60; id++) {
        first.sendPublish("iot-2/evt/big/fmt/json", payload, 1, id);
        assertThat(first.expectAck(RawMqttClient.PUBACK)).isEqualTo(id);
      }
    }
    String target =
        natively
            ? of.path("/devices/pump/first/events?limit=60")
            : "/api/v0002/historian/types/pump/devices/first?top=60";
    try (Socket socket = server.socket(server.https())) {
      String head =
          "GET "
              + target
              + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
              + RawHttps.basic(of.applicationKey, of.applicationToken)
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(UTF_8));
      socket.getOutputStream().flush();
      byte[] begin = socket.getInputStream().readNBytes(4096);
      assertThat(new String(begin, UTF_8)).startsWith("HTTP/1.1 200");

      carryOut(Revocation.KEY_DELETED, of);

      long revoked = System.nanoTime();
      socket.setSoTimeout((int) BOUND.toMillis());
      long taken = begin.length;
      byte[] part = new byte[8192];
      try {
        for (int n = socket.getInputStream().read(part); n >= 0; ) {
          taken += n;
          TimeUnit.MILLISECONDS.sleep(20);
          n = socket.getInputStream().read(part);
        }
      } catch (IOException cut) {
        assertThat(cut).isInstanceOf(IOException.class);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - revoked)).isLessThan(BOUND);
      assertThat(taken).as("bytes of an answer of more than a million").isLessThan(1_000_000);
    }
  }

  @Test
  void who_takes_the_own_key_away_is_told_so() {
    Organization of = new Organization();
    done(of.admin.send("DELETE", of.path("/api-keys/" + of.adminKey), ""), 204);
    done(of.admin.get(of.path("")), 401);
  }

  @Test
  void commands_that_wait_for_a_slow_device_are_not_delivered_after_its_revocation() {
    Organization of = new Organization();
    try (RawMqttClient device = server.raw()) {
      device.login(of.device("first").clean(false));
      assertThat(device.subscribe(1, 1, "iot-2/cmd/+/fmt/+")).isEqualTo("01");
      int sent = 60;
      for (int i = 0; i < sent; i++) {
        command(of, i);
      }
      // The window is full of commands that the device leaves unacknowledged.
      device.expectPublish();
      carryOut(Revocation.TOKEN_REPLACED, of);
      int received = 1;
      try {
        while (true) {
          device.expectPublish();
          received++;
        }
      } catch (UncheckedIOException closed) {
        assertThat(received).as("commands within the window").isLessThan(sent);
      }
      // Commands after the revocation find nobody, though the session still stands.
      command(of, sent);
      assertThat(connAck(of.device("first"))).isEqualTo(5);
    }
  }

  private double sessions() {
    return done(operator.get("/metrics"), 200)
        .body()
        .lines()
        .filter(line -> line.startsWith("mqtt_sessions "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  @ParameterizedTest
  @EnumSource(names = {"DEVICE_DELETED", "KEY_DELETED", "TENANT_DELETED"})
  void sessions_end_when_what_they_belong_to_is_deleted_and_not_at_their_expiry(
      Revocation revocation) {
    Organization of = new Organization();
    double before = sessions();
    List<Connect> clients =
        List.of(
            of.device("first"),
            of.application(),
            new Connect("a:" + of.id + ":another").login(of.applicationKey, of.applicationToken));
    for (Connect connect : clients) {
      try (RawMqttClient client = server.raw()) {
        client.login(connect.clean(false));
        client.sendDisconnect();
        client.expectClosed();
      }
    }
    await().untilAsserted(() -> assertThat(sessions()).isEqualTo(before + 3));

    carryOut(revocation, of);

    int left =
        switch (revocation) {
          case DEVICE_DELETED -> 2;
          case KEY_DELETED -> 1;
          default -> 0;
        };
    await().untilAsserted(() -> assertThat(sessions()).isEqualTo(before + left));
  }

  @Test
  void commands_queued_for_a_deleted_device_do_not_reach_its_namesake() {
    Organization of = new Organization();
    try (RawMqttClient device = server.raw()) {
      device.login(of.device("first").clean(false));
      assertThat(device.subscribe(1, 1, "iot-2/cmd/+/fmt/+")).isEqualTo("01");
      device.sendDisconnect();
      device.expectClosed();
    }
    command(of, 1);
    carryOut(Revocation.DEVICE_DELETED, of);
    of.register("first");
    try (RawMqttClient namesake = server.raw()) {
      assertThat(namesake.login(of.device("first").clean(false)))
          .as("the session of the deleted device is gone")
          .isFalse();
      assertThat(namesake.subscribe(1, 1, "iot-2/cmd/+/fmt/+")).isEqualTo("01");
      namesake.expectNothingBeforePong();
      command(of, 2);
      assertThat(namesake.expectPublish().payload()).isEqualTo("{\"n\":2}");
    }
  }

  private static void command(Organization of, int number) {
    done(
        of.admin.send(
            "POST",
            of.path("/devices/pump/first/commands"),
            "{\"name\":\"go\",\"payload\":{\"n\":" + number + "}}"),
        202);
  }

  @Test
  void a_login_that_races_a_revocation_never_stays() throws Exception {
    Organization of = new Organization();
    int rounds = 8;
    int racers = 6;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < rounds; round++) {
        String name = "racer" + round;
        of.register(name);
        AtomicInteger admitted = new AtomicInteger();
        List<Future<Boolean>> races = new ArrayList<>();
        for (int racer = 0; racer < racers; racer++) {
          Connect login = of.device(name);
          races.add(threads.submit(race(login, admitted)));
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> admitted.get() > 0);
        done(of.admin.send("PATCH", of.path("/devices/pump/" + name), "{\"enabled\":false}"), 200);
        for (Future<Boolean> race : races) {
          assertThat(race.get(30, TimeUnit.SECONDS)).as("ended by the server").isTrue();
        }
        assertThat(of.admin.get(of.path("/devices/pump/" + name + "/connection")).body())
            .contains("offline");
      }
    }
  }

  /** Logs in again and again, taking the session over from the others, until it is refused. */
  private Callable<Boolean> race(Connect login, AtomicInteger admitted) {
    return () -> {
      while (true) {
        try (RawMqttClient client = server.raw()) {
          client.send(login.bytes());
          if (client.expectConnAck() != 0) {
            return true;
          }
          admitted.incrementAndGet();
          client.sendPing();
          Packet pong = client.expect(RawMqttClient.PINGRESP);
          assertThat(pong.body().length()).isZero();
          client.expectClosed();
        } catch (UncheckedIOException takenOverOrRevoked) {
          // Tries again, until the login itself is refused.
          assertThat(takenOverOrRevoked.getCause()).isNotNull();
        }
      }
    };
  }

  @Test
  void a_role_taken_away_is_gone_for_rest_at_once() {
    Organization of = new Organization();
    RunningServer.Rest application = server.rest(of.applicationKey, of.applicationToken);
    String commands = "/api/v0002/application/types/pump/devices/first/commands/go";
    done(application.send("POST", commands, "{}"), 200);
    carryOut(Revocation.ROLES_CHANGED, of);
    done(answered(() -> application.send("POST", commands, "{}")), 403);
    carryOut(Revocation.KEY_DELETED, of);
    HttpResponse<String> refused = answered(() -> application.get("/api/v0002/"));
    assertThat(refused.body()).contains("exception");
    done(refused, 401);
  }

  /** The revocation may cut the connection under a request; the first answer counts. */
  private static HttpResponse<String> answered(Callable<HttpResponse<String>> request) {
    return await()
        .ignoreExceptionsInstanceOf(IllegalStateException.class)
        .until(request, answer -> true);
  }
}
