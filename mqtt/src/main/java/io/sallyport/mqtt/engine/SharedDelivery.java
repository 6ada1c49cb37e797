package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.engine.EngineMetrics.Drop;

/**
 * Gives a message to one member of a shared group (MQTT 5 §4.8.2): in turn to those who can send it
 * on at once, else to a connected one that has it wait, else to a durable one that is away.
 * Thread-safe.
 */
final class SharedDelivery {
  /** How a member gets its copy. */
  interface Giving {
    /** False when the member has no room. */
    boolean give(Session member, Outgoing copy);
  }

  private final EngineMetrics metrics;

  SharedDelivery(EngineMetrics metrics) {
    this.metrics = metrics;
  }

  /** False when nobody could take it; it is counted as dropped then. */
  boolean deliver(ShareGroup<Session> group, Outgoing.Parcel parcel, Giving giving) {
    for (Presence presence : Presence.TAKING) {
      if (give(group, parcel, presence, giving)) {
        return true;
      }
    }
    metrics.dropped(Drop.NO_MEMBER);
    return false;
  }

  /**
   * For a message that its member has not begun, or can't complete.
   *
   * @param onlyConnected whether members that are away are left out
   * @return false when nobody could take it
   */
  boolean passOn(ShareGroup<Session> group, Outgoing message, boolean onlyConnected) {
    Outgoing.Parcel parcel = Outgoing.Parcel.of(message.message());
    boolean taken =
        give(group, parcel, Presence.READY, Session::takeOver)
            || give(group, parcel, Presence.BUSY, Session::takeOver)
            || (!onlyConnected && give(group, parcel, Presence.AWAY, Session::takeOver));
    if (taken) {
      metrics.sharedPassedOn();
    }
    return taken;
  }

  private static boolean give(
      ShareGroup<Session> group, Outgoing.Parcel parcel, Presence presence, Giving giving) {
    Grants.Snapshot<Session> members = group.members().snapshot();
    int size = members.size();
    if (size == 0) {
      return false;
    }
    Message message = parcel.message();
    int first = group.turn(size);
    for (int i = 0; i < size; i++) {
      Grant<Session> member = members.get((first + i) % size);
      Session session = member.subscriber();
      Qos qos = member.qos().min(message.qos()); // [v5:MQTT-4.8.2-3]: its own.
      if (session.presence() == presence
          && (presence != Presence.AWAY || qos != Qos.AT_MOST_ONCE)
          && session.mayDeliver(message)) {
        boolean retain = member.retainAsPublished() && message.retained();
        Outgoing.Parcel own = parcel.withIds(member.ids()).sharedBy(group);
        if (giving.give(session, new Outgoing(own, qos, retain, Delivery.IGNORED))) {
          return true;
        }
      }
    }
    return false;
  }
}
