@NullMarked
package io.sallyport.platform.command;

import org.jspecify.annotations.NullMarked;
