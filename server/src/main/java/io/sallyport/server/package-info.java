/** The program: joins the rooms, reads the configuration, starts and stops. */
@NullMarked
package io.sallyport.server;

import org.jspecify.annotations.NullMarked;
