/**
 * The contract of plain spaces: any MQTT client, any topic, subject to access rules (MESSAGING
 * section 3). Start at {@link io.sallyport.plain.PlainMessaging}. May import {@code platform} and
 * {@code mqtt}; knows no other contract.
 */
@NullMarked
package io.sallyport.plain;

import org.jspecify.annotations.NullMarked;
