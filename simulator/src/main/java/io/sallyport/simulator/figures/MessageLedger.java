package io.sallyport.simulator.figures;

import io.sallyport.simulator.figures.DeviceLedger.Sighting;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The book of a whole fleet: one {@link DeviceLedger} per device and the totals, from which loss,
 * doubling and equality are proven. Safe from any thread.
 */
public final class MessageLedger {
  /** Messages remembered per device; a longer run proves the newest ones. */
  public static final int RECORDS_PER_DEVICE_MAX = 1 << 15;

  private final Map<String, DeviceLedger> devices = new ConcurrentHashMap<>();
  private final LongAdder received = new LongAdder();
  private final LongAdder receivedDoubled = new LongAdder();
  private final LongAdder receivedDifferent = new LongAdder();
  private final LongAdder stored = new LongAdder();
  private final LongAdder storedDoubled = new LongAdder();
  private final LongAdder storedDifferent = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final LatencyHistogram endToEnd = new LatencyHistogram();

  /** The device's page, made at first use. */
  public DeviceLedger device(String deviceId) {
    return devices.computeIfAbsent(deviceId, id -> new DeviceLedger(RECORDS_PER_DEVICE_MAX));
  }

  /** Enters a message that an application received, with its latency since it was sent. */
  public Sighting received(String deviceId, long sequence, long digest, long nanoTime) {
    DeviceLedger device = devices.get(deviceId);
    Sighting sighting = device == null ? Sighting.UNKNOWN : device.received(sequence, digest);
    switch (sighting) {
      case FIRST -> {
        received.increment();
        Optional.ofNullable(device)
            .ifPresent(page -> endToEnd.record(nanoTime - page.sentNanos(sequence)));
      }
      case DOUBLED -> receivedDoubled.increment();
      case DIFFERENT -> receivedDifferent.increment();
      case FORGOTTEN -> {}
      case UNKNOWN -> unknown.increment();
    }
    return sighting;
  }

  /** Enters a message that was read back from the store. */
  public Sighting stored(String deviceId, long sequence, long digest) {
    DeviceLedger device = devices.get(deviceId);
    Sighting sighting = device == null ? Sighting.UNKNOWN : device.stored(sequence, digest);
    switch (sighting) {
      case FIRST -> stored.increment();
      case DOUBLED -> storedDoubled.increment();
      case DIFFERENT -> storedDifferent.increment();
      case FORGOTTEN -> {}
      case UNKNOWN -> unknown.increment();
    }
    return sighting;
  }

  /** Enters a message that no device of the fleet can have sent. */
  public void strayed() {
    unknown.increment();
  }

  /** Latencies from a device's sending to an application's receiving. */
  public LatencyHistogram endToEnd() {
    return endToEnd;
  }

  public long received() {
    return received.sum();
  }

  public long receivedDoubled() {
    return receivedDoubled.sum();
  }

  /** Messages whose bytes arrived changed, on either way. */
  public long different() {
    return receivedDifferent.sum() + storedDifferent.sum();
  }

  public long stored() {
    return stored.sum();
  }

  public long storedDoubled() {
    return storedDoubled.sum();
  }

  /** Messages seen that nobody here sent. */
  public long unknown() {
    return unknown.sum();
  }

  public long acknowledgedNotReceived() {
    return pages().stream().mapToLong(DeviceLedger::acknowledgedNotReceived).sum();
  }

  public long acknowledgedNotStored() {
    return pages().stream().mapToLong(DeviceLedger::acknowledgedNotStored).sum();
  }

  private Collection<DeviceLedger> pages() {
    return Collections.unmodifiableCollection(devices.values());
  }
}
