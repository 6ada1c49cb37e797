package io.sallyport.store.rocksdb;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/** All settings of RocksDB in one place. They live in native memory until {@link #close}. */
final class RocksOptions implements AutoCloseable {
  private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();

  final DBOptions database;
  final ColumnFamilyOptions rows;
  final ColumnFamilyOptions index;
  final WriteOptions synced;
  final WriteOptions unsynced;

  /** For scans of one device's index rows: skips files without that device by their filters. */
  final ReadOptions oneDevice;

  RocksOptions(RocksStoreConfig config) {
    Cache cache = own(new LRUCache(config.blockCacheBytes()));
    WriteBufferManager writeBuffers =
        own(new WriteBufferManager(config.writeBuffersBytesMax(), cache));
    this.database =
        own(new DBOptions())
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setParanoidChecks(true)
            // A torn last record is a commit that never ended. Damage anywhere else stops the
            // start, where the default mode would silently drop every commit behind it.
            .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
            .setAvoidFlushDuringRecovery(true)
            .setMaxTotalWalSize(config.walBytesMax())
            .setWriteBufferManager(writeBuffers)
            .setMaxOpenFiles(config.openFilesMax())
            .setMaxBackgroundJobs(config.backgroundJobsMax())
            .setBytesPerSync(1 << 20)
            // Two threads write, one for the log and one for the queues, and wait for each other's
            // sync: skip what makes many concurrent writers fast.
            .setAllowConcurrentMemtableWrite(false)
            .setEnableWriteThreadAdaptiveYield(false)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxLogFileSize(4 << 20)
            .setKeepLogFileNum(4)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0);
    this.rows =
        own(new ColumnFamilyOptions())
            .setTableFormatConfig(table(cache).setFilterPolicy(own(new BloomFilter(10))))
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setWriteBufferSize(32 << 20)
            .setMaxWriteBufferNumber(3)
            .setLevelCompactionDynamicLevelBytes(true);
    this.index =
        own(new ColumnFamilyOptions())
            .setTableFormatConfig(
                table(cache).setFilterPolicy(own(new BloomFilter(10))).setWholeKeyFiltering(false))
            .useFixedLengthPrefixExtractor(Keys.DEVICE_BYTES)
            .setMemtablePrefixBloomSizeRatio(0.05)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setWriteBufferSize(32 << 20)
            .setMaxWriteBufferNumber(3)
            .setLevelCompactionDynamicLevelBytes(true);
    this.synced = own(new WriteOptions()).setSync(true);
    this.unsynced = own(new WriteOptions()).setSync(false);
    this.oneDevice = own(new ReadOptions()).setPrefixSameAsStart(true);
  }

  private static BlockBasedTableConfig table(Cache cache) {
    return new BlockBasedTableConfig()
        .setBlockCache(cache)
        .setBlockSize(8 << 10)
        .setFormatVersion(5)
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinL0FilterAndIndexBlocksInCache(true);
  }

  private <T extends AbstractNativeReference> T own(T reference) {
    owned.push(reference);
    return reference;
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
