@NullMarked
package io.sallyport.store.sql;

import org.jspecify.annotations.NullMarked;
