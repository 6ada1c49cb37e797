package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Outbound;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.SubscribeOutcome;
import java.util.List;

/**
 * In place of a contract's binding, for a session that was brought back after a restart and whose
 * client has not come yet. Messages are kept for it; whether it may have them is asked when it has
 * come, because every row is judged again before it is sent (THREATS T32).
 */
final class RestoredBinding implements ClientBinding {
  private final SessionKey key;
  private final OrphanedWills wills;

  RestoredBinding(SessionKey key, OrphanedWills wills) {
    this.key = key;
    this.wills = wills;
  }

  @Override
  public boolean mayDeliver(Message message) {
    return true;
  }

  @Override
  public void publishWill(Message will) {
    wills.add(key, will);
  }

  @Override
  public void publish(InboundPublish publish, Ack ack) {
    throw noConnection();
  }

  @Override
  public SubscribeOutcome subscribe(String filter, Qos requested) {
    throw noConnection();
  }

  @Override
  public void unsubscribed(String filter) {
    throw noConnection();
  }

  @Override
  public void opened(Outbound outbound, boolean sessionPresent, List<HeldSubscription> resumed) {
    throw noConnection();
  }

  @Override
  public void closed(CloseReason reason, ConnectionStats stats) {
    throw noConnection();
  }

  private static IllegalStateException noConnection() {
    return new IllegalStateException("a restored session has no connection");
  }
}
