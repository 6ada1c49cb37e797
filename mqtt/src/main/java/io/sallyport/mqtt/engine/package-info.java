/**
 * The MQTT engine: logins, sessions, QoS in both directions, the subscription index, retained
 * messages and wills, for 3.1 and 3.1.1. A connection and its session are touched by one event loop
 * only; other threads reach them through {@code LoopContext}. Uses the codec and the seam; knows
 * neither listeners nor contracts. Start with {@link io.sallyport.mqtt.engine.MqttEngine}.
 */
@NullMarked
package io.sallyport.mqtt.engine;

import org.jspecify.annotations.NullMarked;
