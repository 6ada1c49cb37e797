/**
 * A throw-away installation: folder, bootstrap file and the server as a second process.
 *
 * <p>Starts the program that a customer starts and reads only what it prints. Read {@link
 * io.sallyport.simulator.site.Installation} first.
 */
@NullMarked
package io.sallyport.simulator.site;

import org.jspecify.annotations.NullMarked;
