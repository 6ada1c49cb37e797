package io.sallyport.web.api;

import io.sallyport.web.json.ApiJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next absent at the end; else the next page is the same address with {@code next} added
 */
record Listing<T>(List<T> items, @Nullable String next) implements ApiJson {}
