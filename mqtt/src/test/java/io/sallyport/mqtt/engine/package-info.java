@NullMarked
package io.sallyport.mqtt.engine;

import org.jspecify.annotations.NullMarked;
