package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.ClientGate.SessionRights;
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
 * client has not come yet. What it may not have by the rights in force now is not kept for it
 * (THREATS T32).
 */
final class RestoredBinding implements ClientBinding {
  private final SessionKey key;
  private final String login;
  private final OrphanedWills wills;

  /** Until the contract has been asked: what is kept is judged again before it is sent. */
  private volatile SessionRights rights = _ -> true;

  /**
   * @param login that its will was stored with
   */
  RestoredBinding(SessionKey key, String login, OrphanedWills wills) {
    this.key = key;
    this.login = login;
    this.wills = wills;
  }

  void judgedBy(SessionRights asked) {
    rights = asked;
  }

  @Override
  public boolean mayDeliver(Message message) {
    return rights.mayDeliver(message);
  }

  @Override
  public void sessionEnded() {
    rights.sessionEnded();
  }

  @Override
  public void publishWill(Message will) {
    wills.add(key, login, will);
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
