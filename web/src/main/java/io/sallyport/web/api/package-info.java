/**
 * The native REST API {@code /api/v1}: one class per resource, records for what goes in and out.
 * May import {@code json}, {@code problem}, {@code login} and the platform. Read {@link
 * io.sallyport.web.api.NativeApiConfiguration} first.
 */
@NullMarked
package io.sallyport.web.api;

import org.jspecify.annotations.NullMarked;
