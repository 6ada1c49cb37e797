@NullMarked
package io.sallyport.platform.base;

import org.jspecify.annotations.NullMarked;
