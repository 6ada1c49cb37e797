/** One small configuration class per capability; read together they are the list of rooms. */
@NullMarked
package io.sallyport.server.wiring;

import org.jspecify.annotations.NullMarked;
