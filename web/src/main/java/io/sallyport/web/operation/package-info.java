/**
 * Health, readiness and metrics. May import {@code json}, {@code problem}, {@code login} and the
 * platform. Read {@link io.sallyport.web.operation.ReadinessCheck} first.
 */
@NullMarked
package io.sallyport.web.operation;

import org.jspecify.annotations.NullMarked;
