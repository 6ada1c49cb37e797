package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.Message;
import java.time.Clock;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What every connection and session of one engine shares. */
record EngineContext(
    MqttConfig config,
    ClientGate gate,
    Executor gateExecutor,
    Clock clock,
    EngineMetrics metrics,
    FaultLog faults,
    Scopes scopes,
    SessionRegistry sessions,
    PendingLogins pendingLogins,
    TakeoverWatch takeovers,
    FreshClientIds freshClientIds,
    Ledger ledger) {
  /** Calls a contract where its exception must not stop shared machinery. */
  void guard(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      faults.report("A contract's callback failed", e);
    }
  }

  /** Fails closed: a binding that can't say yes has said no. */
  boolean mayDeliver(ClientBinding binding, Message message) {
    try {
      return binding.mayDeliver(message);
    } catch (RuntimeException e) {
      faults.report("mayDeliver failed", e);
      return false;
    }
  }

  /** Left out when the binding can't say. */
  @Nullable String outwardResponseTopic(
      ClientBinding binding, String responseTopic, Message message) {
    try {
      return binding.outwardResponseTopic(responseTopic, message);
    } catch (RuntimeException e) {
      faults.report("outwardResponseTopic failed", e);
      return null;
    }
  }

  /** Whether its time is over; costs nothing for a message that does not expire. */
  boolean isExpired(Message message) {
    return message.expiresAtMillis() != 0 && message.isExpired(clock.millis());
  }
}
