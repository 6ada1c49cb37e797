package io.sallyport.mqtt;

/** Told once how a message sent by {@link Outbound#send} ended, on any thread. */
public interface Delivery {
  /** QoS 0: written to the socket. QoS 1: PUBACK. QoS 2: PUBCOMP. */
  void delivered();

  /** Dropped: queue full, session ended, connection closed before a QoS 0 message left. */
  void dropped();

  Delivery IGNORED =
      new Delivery() {
        @Override
        public void delivered() {}

        @Override
        public void dropped() {}
      };
}
