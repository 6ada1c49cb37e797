@NullMarked
package io.sallyport.platform.tenant;

import org.jspecify.annotations.NullMarked;
