/**
 * The load generator: a minimal MQTT 3.1.1 client on one event loop, scenarios and their figures.
 *
 * <p>A full client would cost more than the server it measures. Read {@link
 * io.sallyport.simulator.load.Bench} first.
 */
@NullMarked
package io.sallyport.simulator.load;

import org.jspecify.annotations.NullMarked;
