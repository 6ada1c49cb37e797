/**
 * Who is speaking and what that principal may do: permissions, roles, API keys, secret hashing,
 * throttles. May import what stands before it in the chain. Read {@link
 * io.sallyport.platform.identity.Principal} first.
 */
@NullMarked
package io.sallyport.platform.identity;

import org.jspecify.annotations.NullMarked;
