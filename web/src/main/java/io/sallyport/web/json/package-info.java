/**
 * JSON at the edge: strict reading with limits, writing, and stored payloads as part of an answer.
 * May import {@code io.sallyport.web} and the platform's {@code base}. Read {@link
 * io.sallyport.web.json.ApiJson} first.
 */
@NullMarked
package io.sallyport.web.json;

import org.jspecify.annotations.NullMarked;
