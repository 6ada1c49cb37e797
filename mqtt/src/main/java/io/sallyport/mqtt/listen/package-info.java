/**
 * The front door: listeners (plain and TLS), the look at the first bytes that tells MQTT, MQTT over
 * WebSocket and HTTP apart, and the byte pipe that carries HTTP on to the servlet container. MQTT
 * goes to a {@link io.sallyport.mqtt.listen.MqttInlet}, HTTP through a {@link
 * io.sallyport.mqtt.listen.HttpHop}; nothing here knows a tenant, an MQTT packet, or an HTTP header
 * but those that open a WebSocket. May import Netty, Micrometer and {@code io.sallyport.mqtt}. Read
 * {@link io.sallyport.mqtt.listen.Front} first.
 */
@NullMarked
package io.sallyport.mqtt.listen;

import org.jspecify.annotations.NullMarked;
