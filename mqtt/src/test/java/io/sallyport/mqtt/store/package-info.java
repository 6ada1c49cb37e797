@NullMarked
package io.sallyport.mqtt.store;

import org.jspecify.annotations.NullMarked;
