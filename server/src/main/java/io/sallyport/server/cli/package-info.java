/** The command line. */
@NullMarked
package io.sallyport.server.cli;

import org.jspecify.annotations.NullMarked;
