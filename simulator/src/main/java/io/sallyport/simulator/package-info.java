/**
 * What stands outside the fence: device fleets, the demo and the load generator.
 *
 * <p>Sees what a customer sees, MQTT and HTTP, and imports no other room. Packages stand in this
 * order, each may import those before it: {@code figures} (counting and measuring), {@code access}
 * (where to connect and as whom), {@code site} (a throw-away installation in a process of its own),
 * {@code fleet} (simulated buildings), {@code load} (the load generator), {@code demo}. Read {@link
 * io.sallyport.simulator.SimulatorMain} first.
 */
@NullMarked
package io.sallyport.simulator;

import org.jspecify.annotations.NullMarked;
