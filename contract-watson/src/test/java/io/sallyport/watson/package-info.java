/** Tests of the package of the same name, or what they share. */
@NullMarked
package io.sallyport.watson;

import org.jspecify.annotations.NullMarked;
