@NullMarked
package io.sallyport.store.rocksdb;

import org.jspecify.annotations.NullMarked;
