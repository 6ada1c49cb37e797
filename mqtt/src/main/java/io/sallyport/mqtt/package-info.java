/**
 * The seam between the MQTT engine and the contracts that speak through it: a {@link
 * io.sallyport.mqtt.ClientGate} admits a client, its {@link io.sallyport.mqtt.ClientBinding} takes
 * what it publishes and subscribes, {@link io.sallyport.mqtt.Outbound} and {@link
 * io.sallyport.mqtt.Router} carry messages out. No Netty type shows here, and nothing here knows a
 * tenant: isolation is an opaque {@link io.sallyport.mqtt.Scope}.
 */
@NullMarked
package io.sallyport.mqtt;

import org.jspecify.annotations.NullMarked;
