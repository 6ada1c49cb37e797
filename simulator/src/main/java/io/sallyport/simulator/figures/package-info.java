/**
 * Counting and measuring: latencies, what was sent and what came out, a process's CPU time.
 *
 * <p>Imports nothing of the simulator. Read {@link io.sallyport.simulator.figures.MessageLedger}
 * first.
 */
@NullMarked
package io.sallyport.simulator.figures;

import org.jspecify.annotations.NullMarked;
