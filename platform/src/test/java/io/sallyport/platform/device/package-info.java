@NullMarked
package io.sallyport.platform.device;

import org.jspecify.annotations.NullMarked;
