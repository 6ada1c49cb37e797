package io.sallyport.simulator.demo;

import io.sallyport.simulator.access.CanonicalJson;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.EventHistory;
import io.sallyport.simulator.access.RestClient;
import io.sallyport.simulator.figures.LatencyHistogram;
import io.sallyport.simulator.figures.MessageLedger;
import io.sallyport.simulator.figures.PayloadDigest;
import io.sallyport.simulator.fleet.DeviceMessage;
import io.sallyport.simulator.fleet.DeviceMessage.MessageId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/**
 * The application that reads by REST: asks for the latest 50 events of some device, by the native
 * API and by the Watson historian (contract section 9.4) in turn, and compares what it gets with
 * what was sent: the same bytes, newest first.
 */
final class HistoryReader {
  private static final int LATEST = 50;

  private final RestClient rest;
  private final EventHistory history;
  private final List<DeviceLogin> devices;
  private final MessageLedger ledger;
  private final RandomGenerator random;
  private final LatencyHistogram latency = new LatencyHistogram();
  private final LongAdder reads = new LongAdder();
  private final LongAdder events = new LongAdder();
  private final LongAdder different = new LongAdder();
  private final LongAdder outOfOrder = new LongAdder();
  private boolean historian;

  HistoryReader(
      RestClient rest, List<DeviceLogin> devices, MessageLedger ledger, RandomGenerator random) {
    this.rest = rest;
    this.history = new EventHistory(rest, Cast.TENANT);
    this.devices = List.copyOf(devices);
    this.ledger = ledger;
    this.random = random;
  }

  /** One read of one device. */
  void readOne() throws IOException, InterruptedException {
    DeviceLogin device = devices.get(random.nextInt(devices.size()));
    List<String> payloads = new ArrayList<>();
    long start = System.nanoTime();
    historian = !historian;
    if (historian) {
      readHistorian(device, payloads);
    } else {
      var _ = history.readPage(device, LATEST, null, event -> payloads.add(event.payload()));
    }
    latency.record(System.nanoTime() - start);
    reads.increment();
    compare(device, payloads);
  }

  long reads() {
    return reads.sum();
  }

  long events() {
    return events.sum();
  }

  long different() {
    return different.sum();
  }

  long outOfOrder() {
    return outOfOrder.sum();
  }

  LatencyHistogram latency() {
    return latency;
  }

  private void readHistorian(DeviceLogin device, List<String> payloads)
      throws IOException, InterruptedException {
    RestClient.Answer answer =
        rest.get(
            "/api/v0002/historian/types/%s/devices/%s?top=%d"
                .formatted(device.type(), device.id(), LATEST));
    if (answer.status() != 200) {
      throw new IOException("historian of " + device.id() + ": status " + answer.status());
    }
    for (JsonNode event : answer.body().path("events")) {
      payloads.add(CanonicalJson.write(event.path("evt")));
    }
  }

  private void compare(DeviceLogin device, List<String> payloads) {
    long newer = Long.MAX_VALUE;
    for (String payload : payloads) {
      events.increment();
      byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
      Optional<MessageId> id = DeviceMessage.parse(bytes).flatMap(DeviceMessage::idOf);
      if (id.isEmpty()
          || !id.get().deviceId().equals(device.id())
          || !ledger.device(device.id()).matches(id.get().sequence(), PayloadDigest.of(bytes))) {
        different.increment();
        continue;
      }
      if (id.get().sequence() >= newer) {
        outOfOrder.increment();
      }
      newer = id.get().sequence();
    }
  }
}
