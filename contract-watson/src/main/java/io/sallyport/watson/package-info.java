/**
 * The Watson IoT contract: what its parts share. Client ids, names, hints of host names, times, and
 * a short-lived view of the registry. {@code topic} holds the pure topic forms, {@code status} the
 * {@code mon} messages, {@code messaging} the MQTT side, {@code rest} the HTTP side. Contract words
 * (organization, type id) live only in this module; behind it there are tenants and devices.
 */
@NullMarked
package io.sallyport.watson;

import org.jspecify.annotations.NullMarked;
