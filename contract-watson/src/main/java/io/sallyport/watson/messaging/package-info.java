/**
 * The MQTT side of the contract (watson-iot.md sections 3 to 6): {@link
 * io.sallyport.watson.messaging.WatsonMessaging} is its front; {@code WatsonGate} admits a client
 * and gives it one of three bindings, for a device, a gateway or an application, which share small
 * objects for topics, hand-over of events and refusals.
 */
@NullMarked
package io.sallyport.watson.messaging;

import org.jspecify.annotations.NullMarked;
