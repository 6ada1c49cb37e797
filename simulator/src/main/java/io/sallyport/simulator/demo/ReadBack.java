package io.sallyport.simulator.demo;

import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.EventHistory;
import io.sallyport.simulator.figures.MessageLedger;
import io.sallyport.simulator.figures.PayloadDigest;
import io.sallyport.simulator.fleet.DeviceMessage;
import io.sallyport.simulator.fleet.DeviceMessage.MessageId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads everything back from the store, device by device and page by page, into the ledger. */
final class ReadBack {
  private static final int PAGE = 1_000;
  private static final int READERS = 4;

  private final EventHistory history;
  private final MessageLedger ledger;

  ReadBack(EventHistory history, MessageLedger ledger) {
    this.history = history;
    this.ledger = ledger;
  }

  /**
   * Reads all events of these devices.
   *
   * @throws IOException when the server refuses a read
   */
  void readAll(List<DeviceLogin> devices) throws IOException, InterruptedException {
    try (ExecutorService readers =
        Executors.newFixedThreadPool(READERS, Thread.ofVirtual().name("read-back").factory())) {
      List<Future<?>> reads = new ArrayList<>();
      for (DeviceLogin device : devices) {
        reads.add(
            readers.submit(() -> {
              history.readAll(device, PAGE, event -> enter(device, event.payload()));
              return null;
            }));
      }
      for (Future<?> read : reads) {
        read.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("reading back failed: " + e.getCause(), e);
    }
  }

  private void enter(DeviceLogin device, String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    Optional<MessageId> id = DeviceMessage.parse(bytes).flatMap(DeviceMessage::idOf);
    boolean own = id.isPresent() && id.get().deviceId().equals(device.id());
    var _ =
        ledger.stored(
            device.id(), own ? id.get().sequence() : -1, own ? PayloadDigest.of(bytes) : 0);
  }
}
