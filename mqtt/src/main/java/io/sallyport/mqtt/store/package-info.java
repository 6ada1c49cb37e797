/**
 * What outlives a connection and a process: sessions, subscriptions, queued messages, received QoS
 * 2 ids, wills, retained messages. {@link io.sallyport.mqtt.store.SessionStore} is the port, {@link
 * io.sallyport.mqtt.store.Batch} what is written at once, the records are its values. Imports the
 * seam only; knows neither engine nor database. Read {@code SessionStore} first.
 */
@NullMarked
package io.sallyport.mqtt.store;

import org.jspecify.annotations.NullMarked;
