@NullMarked
package io.sallyport.web.hop;

import org.jspecify.annotations.NullMarked;
