@NullMarked
package io.sallyport.platform.identity;

import org.jspecify.annotations.NullMarked;
