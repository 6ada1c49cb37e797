@NullMarked
package io.sallyport.platform.space;

import org.jspecify.annotations.NullMarked;
