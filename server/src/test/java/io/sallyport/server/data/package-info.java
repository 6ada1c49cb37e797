@NullMarked
package io.sallyport.server.data;

import org.jspecify.annotations.NullMarked;
