/**
 * The HTTP side of the contract (watson-iot.md sections 8 and 9): {@link
 * io.sallyport.watson.rest.WatsonRestConfiguration} declares the controllers and the filter chain
 * of {@code /api/v0002}. {@code ApiLogin} settles who speaks; controllers translate between the
 * contract's JSON and the domain, which checks every right; {@code ErrorAdvice} writes refusals in
 * the contract's form.
 */
@NullMarked
package io.sallyport.watson.rest;

import org.jspecify.annotations.NullMarked;
