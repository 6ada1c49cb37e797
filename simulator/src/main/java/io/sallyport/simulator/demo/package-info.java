/**
 * The main job end to end, with a verdict: platform, fleet, applications, commands, the guard.
 *
 * <p>Read {@link io.sallyport.simulator.demo.Demo} first.
 */
@NullMarked
package io.sallyport.simulator.demo;

import org.jspecify.annotations.NullMarked;
