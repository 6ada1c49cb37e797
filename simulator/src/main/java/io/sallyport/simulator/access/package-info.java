/**
 * Where to connect and as whom: addresses, trust, logins, and a small REST client.
 *
 * <p>Secrets are {@link io.sallyport.simulator.access.Secret}s here and never reach a text. Read
 * {@link io.sallyport.simulator.access.Endpoint} first.
 */
@NullMarked
package io.sallyport.simulator.access;

import org.jspecify.annotations.NullMarked;
