package io.sallyport.mqtt.listen;

import java.net.InetSocketAddress;

/** A listener's name and one address on which it accepts, with the actual port. */
public record BoundListener(String name, InetSocketAddress address) {}
