@NullMarked
package io.sallyport.mqtt.codec;

import org.jspecify.annotations.NullMarked;
