package io.sallyport.store.rocksdb;

import java.time.Duration;

/**
 * Memory and size limits of the store.
 *
 * @param blockCacheBytes blocks, indexes and filters kept in memory; write buffers count towards it
 * @param writeBuffersBytesMax rows in memory that are not yet in a table file
 * @param walBytesMax write-ahead log; reaching it writes the oldest rows to table files
 * @param freeBytesMin space that appends leave free on the volume, so that deleting, compacting and
 *     other programs can go on; appends are refused below it
 * @param indexWindow time that one column family of the device index spans, and so the step in
 *     which expired index rows give their space back
 * @param openFilesMax table files held open
 * @param backgroundJobsMax flushes and compactions at once
 */
public record RocksStoreConfig(
    long blockCacheBytes,
    long writeBuffersBytesMax,
    long walBytesMax,
    long freeBytesMin,
    Duration indexWindow,
    int openFilesMax,
    int backgroundJobsMax) {
  public static final RocksStoreConfig DEFAULT =
      new RocksStoreConfig(
          128L << 20, 64L << 20, 256L << 20, 256L << 20, Duration.ofDays(7), 512, 2);

  public RocksStoreConfig {
    if (blockCacheBytes < 1 << 20
        || writeBuffersBytesMax < 1 << 20
        || walBytesMax < 1 << 20
        || freeBytesMin < 0
        || indexWindow.toMillis() < 1
        || openFilesMax < 32
        || backgroundJobsMax < 1) {
      throw new IllegalArgumentException("a limit of the log store is out of range");
    }
  }

  /** This, with another reserve on the volume. */
  public RocksStoreConfig withFreeBytesMin(long bytes) {
    return new RocksStoreConfig(
        blockCacheBytes,
        writeBuffersBytesMax,
        walBytesMax,
        bytes,
        indexWindow,
        openFilesMax,
        backgroundJobsMax);
  }
}
