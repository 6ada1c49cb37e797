@NullMarked
package io.sallyport.server.config;

import org.jspecify.annotations.NullMarked;
