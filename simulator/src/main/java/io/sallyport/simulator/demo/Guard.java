package io.sallyport.simulator.demo;

import static io.sallyport.simulator.figures.Texts.shown;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAckReturnCode;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.EventHistory;
import io.sallyport.simulator.access.RestClient;
import io.sallyport.simulator.access.Secret;
import io.sallyport.simulator.fleet.MqttClients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * Tries what must not work and tells what happened. Each proof uses clients of its own, so the
 * fleet is not disturbed.
 */
final class Guard {
  private static final Duration CUT_OFF_MAX = Duration.ofSeconds(5);
  private static final String FORGED = "forged";

  private final Cast cast;
  private final MqttClients clients;
  private final RestClient rest;
  private final RestClient strangersRest;
  private final RandomGenerator random;

  /** What was tried, whether the guard held, and what was seen. */
  record Proof(String attempt, boolean held, String seen) {}

  Guard(
      Cast cast,
      MqttClients clients,
      RestClient rest,
      RestClient strangersRest,
      RandomGenerator random) {
    this.cast = cast;
    this.clients = clients;
    this.rest = rest;
    this.strangersRest = strangersRest;
    this.random = random;
  }

  /** All proofs, one after the other. */
  List<Proof> tryAll() throws IOException, InterruptedException {
    return List.of(
        wrongToken(), publishAsAnother(), revoke(), enterAnotherTenant(), readAnotherTenant());
  }

  private Proof wrongToken() throws InterruptedException {
    DeviceLogin liar =
        new DeviceLogin(cast.probe().type(), cast.probe().id(), Secret.random(random));
    try (Probe probe = new Probe(clients.device(liar))) {
      return refusalProof("a device with a wrong token", probe.connect());
    }
  }

  private Proof publishAsAnother() throws IOException, InterruptedException {
    DeviceLogin victim = cast.fleet().getFirst();
    try (Probe probe = new Probe(clients.device(cast.probe()))) {
      Optional<Mqtt3ConnAckReturnCode> refused = probe.connect();
      if (refused.isPresent()) {
        return new Proof("a device publishing as another", false, "the true login was refused");
      }
      long start = System.nanoTime();
      probe.publish(
          "iot-2/type/" + victim.type() + "/id/" + victim.id() + "/evt/" + FORGED + "/fmt/json");
      boolean closed = probe.awaitCut(CUT_OFF_MAX);
      Duration after = Duration.ofNanos(System.nanoTime() - start);
      boolean stored = storedUnder(victim);
      return new Proof(
          "a device publishing as another",
          closed && !stored,
          (closed ? "connection closed after " + shown(after) : "connection stayed open")
              + (stored ? ", but the event was stored" : ", nothing stored"));
    }
  }

  private boolean storedUnder(DeviceLogin victim) throws IOException, InterruptedException {
    AtomicBoolean stored = new AtomicBoolean();
    var _ =
        new EventHistory(rest, Cast.TENANT)
            .readPage(
                victim,
                1_000,
                null,
                event -> {
                  if (event.name().equals(FORGED)) {
                    stored.set(true);
                  }
                });
    return stored.get();
  }

  private Proof revoke() throws IOException, InterruptedException {
    String attempt = "a revoked device";
    DeviceLogin device = cast.condemned();
    try (Probe probe = new Probe(clients.device(device));
        Probe again = new Probe(clients.device(device))) {
      if (probe.connect().isPresent()) {
        return new Proof(attempt, false, "the login before the revocation was refused");
      }
      long start = System.nanoTime();
      RestClient.Answer answer =
          rest.delete(
              "/api/v1/tenants/%s/devices/%s/%s"
                  .formatted(Cast.TENANT, device.type(), device.id()));
      if (answer.status() != 204) {
        return new Proof(attempt, false, "DELETE answered " + answer.status());
      }
      boolean cut = probe.awaitCut(CUT_OFF_MAX);
      Duration after = Duration.ofNanos(System.nanoTime() - start);
      Proof login = refusalProof(attempt, again.connect());
      return new Proof(
          attempt,
          cut && login.held(),
          (cut ? "cut off after " + shown(after) : "not cut off in " + shown(CUT_OFF_MAX))
              + ", new login "
              + login.seen());
    }
  }

  private Proof enterAnotherTenant() throws InterruptedException {
    String foreign = "a:" + Cast.TENANT + ":spy";
    try (Probe probe = new Probe(clients.application(foreign, cast.stranger()))) {
      return refusalProof("an application under another organization's id", probe.connect());
    }
  }

  private Proof readAnotherTenant() throws IOException, InterruptedException {
    DeviceLogin device = cast.fleet().getFirst();
    int devices = strangersRest.get("/api/v1/tenants/" + Cast.TENANT + "/devices").status();
    int events =
        strangersRest
            .get(
                "/api/v1/tenants/%s/devices/%s/%s/events"
                    .formatted(Cast.TENANT, device.type(), device.id()))
            .status();
    return new Proof(
        "another organization's key on REST",
        refused(devices) && refused(events),
        "devices " + devices + ", events " + events);
  }

  private static boolean refused(int status) {
    return status == 401 || status == 403 || status == 404;
  }

  private static Proof refusalProof(String attempt, Optional<Mqtt3ConnAckReturnCode> refusal) {
    return refusal
        .map(code ->
            new Proof(
                attempt,
                code == Mqtt3ConnAckReturnCode.NOT_AUTHORIZED,
                "refused with return code " + code.getCode()))
        .orElseGet(() -> new Proof(attempt, false, "was let in"));
  }

  /** One client that never comes back by itself. */
  private static final class Probe implements AutoCloseable {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(20);

    private final CompletableFuture<Void> cut = new CompletableFuture<>();
    private final Mqtt3AsyncClient client;

    Probe(Mqtt3ClientBuilder builder) {
      this.client =
          builder
              .addDisconnectedListener(context -> {
                if (context.getSource() != MqttDisconnectSource.USER) {
                  cut.complete(null);
                }
              })
              .buildAsync();
    }

    /** The server's return code when it refused; empty when the client was let in. */
    Optional<Mqtt3ConnAckReturnCode> connect() throws InterruptedException {
      try {
        var _ =
            client
                .connectWith()
                .cleanSession(true)
                .send()
                .get(CONNECT_MAX.toMillis(), TimeUnit.MILLISECONDS);
        return Optional.empty();
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        // Closed without an answer is a refusal too, but not the one that the contract names.
        return Optional.of(
            MqttClients.refusal(cause).orElse(Mqtt3ConnAckReturnCode.SERVER_UNAVAILABLE));
      } catch (TimeoutException e) {
        return Optional.of(Mqtt3ConnAckReturnCode.SERVER_UNAVAILABLE);
      }
    }

    void publish(String topic) {
      // It must not be acknowledged; the connection's end tells the outcome.
      var _ =
          client
              .publishWith()
              .topic(topic)
              .qos(MqttQos.AT_LEAST_ONCE)
              .payload("{}".getBytes(StandardCharsets.UTF_8))
              .send()
              .handle((published, failure) -> null);
    }

    boolean awaitCut(Duration patience) throws InterruptedException {
      try {
        cut.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        return true;
      } catch (TimeoutException e) {
        return false;
      } catch (ExecutionException e) {
        throw new IllegalStateException("never completed exceptionally", e);
      }
    }

    @Override
    public void close() {
      if (client.getState().isConnected()) {
        // The proof is over; how this connection ends doesn't matter.
        var _ = client.disconnect().handle((done, failure) -> null);
      }
    }
  }
}
