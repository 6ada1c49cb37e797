/**
 * The front door: listeners (plain and TLS), the look at the first bytes that tells MQTT from HTTP,
 * and the byte pipe that carries HTTP on to the servlet container. MQTT goes to a {@link
 * io.sallyport.mqtt.listen.MqttInlet}, HTTP through a {@link io.sallyport.mqtt.listen.HttpHop};
 * nothing here knows a tenant, an HTTP header or an MQTT packet. May import Netty, Micrometer and
 * {@code io.sallyport.mqtt}. Read {@link io.sallyport.mqtt.listen.Front} first.
 */
@NullMarked
package io.sallyport.mqtt.listen;

import org.jspecify.annotations.NullMarked;
