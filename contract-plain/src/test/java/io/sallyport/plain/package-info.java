@NullMarked
package io.sallyport.plain;

import org.jspecify.annotations.NullMarked;
