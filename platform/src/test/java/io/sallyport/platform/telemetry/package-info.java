@NullMarked
package io.sallyport.platform.telemetry;

import org.jspecify.annotations.NullMarked;
