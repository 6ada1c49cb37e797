package io.sallyport.simulator.fleet;

/** Told of every command a device receives; called on the client's threads, must not block. */
@FunctionalInterface
public interface CommandObserver {
  /**
   * A command arrived and was carried out.
   *
   * @param payload as text, foreign
   * @param result what the device answers, e.g. {@code done} or {@code unsupported}
   */
  void commandReceived(String deviceId, String name, String payload, String result);
}
