/**
 * The embedded event log and device history, in RocksDB. May import {@code platform}. Read {@link
 * io.sallyport.store.rocksdb.RocksTelemetryStore} first, then {@code Keys} for the form on disk.
 */
@NullMarked
package io.sallyport.store.rocksdb;

import org.jspecify.annotations.NullMarked;
