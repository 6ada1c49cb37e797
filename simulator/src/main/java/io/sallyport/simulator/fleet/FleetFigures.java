package io.sallyport.simulator.fleet;

import io.sallyport.simulator.figures.LatencyHistogram;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a fleet did so far. Safe from any thread; read it while it changes. */
public final class FleetFigures {
  private final AtomicInteger connected = new AtomicInteger();
  private final LongAdder sent = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder unacknowledged = new LongAdder();
  private final LongAdder commands = new LongAdder();
  private final LongAdder reconnects = new LongAdder();
  private final LongAdder spells = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LatencyHistogram acknowledgement = new LatencyHistogram();

  /** Devices connected and subscribed to their commands right now. */
  public int connected() {
    return connected.get();
  }

  public long sent() {
    return sent.sum();
  }

  /** Messages that the server acknowledged; at QoS 0, messages written out. */
  public long acknowledged() {
    return acknowledged.sum();
  }

  /** Messages whose connection ended before the acknowledgement: their fate is open. */
  public long unacknowledged() {
    return unacknowledged.sum();
  }

  public long commands() {
    return commands.sum();
  }

  /** Connections lost and tried again. */
  public long reconnects() {
    return reconnects.sum();
  }

  /** Spells offline that the devices took by themselves. */
  public long spells() {
    return spells.sum();
  }

  /** Devices whose login the server refused for good. */
  public long refused() {
    return refused.sum();
  }

  /** From sending to the acknowledgement. */
  public LatencyHistogram acknowledgement() {
    return acknowledgement;
  }

  void deviceReady() {
    connected.incrementAndGet();
  }

  void deviceGone() {
    connected.decrementAndGet();
  }

  void messageSent() {
    sent.increment();
  }

  void messageAcknowledged(long nanos) {
    acknowledged.increment();
    acknowledgement.record(nanos);
  }

  void messageUnacknowledged() {
    unacknowledged.increment();
  }

  void commandReceived() {
    commands.increment();
  }

  void reconnecting() {
    reconnects.increment();
  }

  void spellTaken() {
    spells.increment();
  }

  void loginRefused() {
    refused.increment();
  }
}
