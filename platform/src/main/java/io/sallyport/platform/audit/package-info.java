/**
 * The append-only, hash-chained record of security-relevant acts, and the explanations of refusals.
 * May import {@code base} and {@code tenant}. Read {@link io.sallyport.platform.audit.AuditLog}
 * first.
 */
@NullMarked
package io.sallyport.platform.audit;

import org.jspecify.annotations.NullMarked;
