@NullMarked
package io.sallyport.mqtt.listen;

import org.jspecify.annotations.NullMarked;
