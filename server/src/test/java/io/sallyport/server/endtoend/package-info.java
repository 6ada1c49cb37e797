/** The real program, met from outside with real clients. */
@NullMarked
package io.sallyport.server.endtoend;

import org.jspecify.annotations.NullMarked;
