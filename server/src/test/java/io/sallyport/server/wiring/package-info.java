@NullMarked
package io.sallyport.server.wiring;

import org.jspecify.annotations.NullMarked;
