/**
 * Everything HTTP that no contract owns. This package holds only the room's configuration; it
 * imports nothing of the room. Read {@link io.sallyport.web.WebConfig} first, then {@code
 * io.sallyport.web.api.NativeApiConfiguration}.
 */
@NullMarked
package io.sallyport.web;

import org.jspecify.annotations.NullMarked;
