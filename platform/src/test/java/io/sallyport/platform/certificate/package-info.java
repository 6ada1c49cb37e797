@NullMarked
package io.sallyport.platform.certificate;

import org.jspecify.annotations.NullMarked;
