/**
 * Plain spaces: generic MQTT inside a tenant, with credentials, access rules and bridges of their
 * own. Start at {@link io.sallyport.platform.space.PlainSpaces} for the control side and {@link
 * io.sallyport.platform.space.ClientRules} for what a client may do. May import every package of
 * platform that stands before it in the chain; knows nothing of MQTT's packets.
 */
@NullMarked
package io.sallyport.platform.space;

import org.jspecify.annotations.NullMarked;
