/**
 * Status messages of connections ({@code mon}, watson-iot.md section 6) and the log of a device's
 * connections. Start with {@link io.sallyport.watson.status.StatusBoard}.
 */
@NullMarked
package io.sallyport.watson.status;

import org.jspecify.annotations.NullMarked;
