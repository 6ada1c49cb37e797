/**
 * A fleet of buildings' sensors that behaves like one: curves of the day, spells offline, commands.
 *
 * <p>Speaks the Watson contract (sections 3 and 5) through an MQTT client library. Read {@link
 * io.sallyport.simulator.fleet.Fleet} first.
 */
@NullMarked
package io.sallyport.simulator.fleet;

import org.jspecify.annotations.NullMarked;
