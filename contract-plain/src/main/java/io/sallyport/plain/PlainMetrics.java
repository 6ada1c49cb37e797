package io.sallyport.plain;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What plain spaces count, over all tenants. */
final class PlainMetrics {
  private final Counter deniedPublishes;
  private final Counter deniedSubscriptions;
  private final Counter withdrawnSubscriptions;
  private final Counter bridged;
  private final Counter bridgeLoops;
  private final Counter bridgeFailures;

  PlainMetrics(MeterRegistry meters) {
    deniedPublishes = counter(meters, "sallyport.plain.denied.publishes", "Publishes refused");
    deniedSubscriptions =
        counter(meters, "sallyport.plain.denied.subscriptions", "Subscriptions refused");
    withdrawnSubscriptions =
        counter(
            meters,
            "sallyport.plain.withdrawn.subscriptions",
            "Subscriptions taken away because rules changed");
    bridged = counter(meters, "sallyport.plain.bridge.messages", "Messages carried by bridges");
    bridgeLoops =
        counter(
            meters,
            "sallyport.plain.bridge.loops",
            "Messages not carried because they had passed the bridge or too many");
    bridgeFailures =
        counter(
            meters, "sallyport.plain.bridge.failures", "Messages that a bridge could not carry");
  }

  private static Counter counter(MeterRegistry meters, String name, String description) {
    return Counter.builder(name).description(description).register(meters);
  }

  void deniedPublish() {
    deniedPublishes.increment();
  }

  void deniedSubscription() {
    deniedSubscriptions.increment();
  }

  void withdrawnSubscription() {
    withdrawnSubscriptions.increment();
  }

  void bridged() {
    bridged.increment();
  }

  void bridgeLoop() {
    bridgeLoops.increment();
  }

  void bridgeFailure() {
    bridgeFailures.increment();
  }
}
