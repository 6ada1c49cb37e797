/**
 * The contract's topics as pure functions (watson-iot.md section 5): what a client may publish
 * ({@link io.sallyport.watson.topic.PublishTopic}), what it may subscribe to ({@link
 * io.sallyport.watson.topic.SubscribeFilter}), and the form in which applications see events,
 * commands and status ({@link io.sallyport.watson.topic.ScopeTopic}). No input or output, no state
 * but the small memory of a connection's last topics.
 */
@NullMarked
package io.sallyport.watson.topic;

import org.jspecify.annotations.NullMarked;
