/** Tests of the room through its HTTP surface, with real filters and controllers. */
@NullMarked
package io.sallyport.web;

import org.jspecify.annotations.NullMarked;
