@NullMarked
package io.sallyport.platform.audit;

import org.jspecify.annotations.NullMarked;
