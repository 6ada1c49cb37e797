/**
 * The OpenAPI document of the native API, made by springdoc, off by default. May import {@code
 * login}. Read {@link io.sallyport.web.openapi.OpenApiConfiguration} first.
 */
@NullMarked
package io.sallyport.web.openapi;

import org.jspecify.annotations.NullMarked;
