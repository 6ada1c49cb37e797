package io.sallyport.store.rocksdb;

import static io.sallyport.platform.telemetry.TestEvents.key;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.telemetry.AppendListener;
import io.sallyport.platform.telemetry.BatchingIngest;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.telemetry.IngestLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures what events cost from ingest to disk, and reads of the latest 50 events of a device.
 *
 * <p>Arguments: folder (made, must be empty), rows, devices, rows per second offered (0: as fast as
 * it goes), {@code store} or {@code ingest}.
 */
final class StoreBench {
  private static final int PAYLOAD_BYTES = 100;
  private static final int BATCH = 1_000;
  private static final int READS = 5_000;

  private final OperatingSystemMXBean machine =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final Random random = new Random(1);
  private final int devices;
  private final DeviceKey[] deviceKeys;
  private final byte[] payload = new byte[PAYLOAD_BYTES];

  private StoreBench(int devices) {
    this.devices = devices;
    this.deviceKeys = new DeviceKey[devices];
    for (int i = 0; i < devices; i++) {
      deviceKeys[i] = key(1, i);
    }
    random.nextBytes(payload);
  }

  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    long rows = Long.parseLong(args[1]);
    StoreBench bench = new StoreBench(Integer.parseInt(args[2]));
    try (StoreFixture open = new StoreFixture(folder, RocksStoreConfig.DEFAULT)) {
      bench.append(open, Math.min(rows, 500_000), 0, args[4]);
      bench.append(open, rows, Long.parseLong(args[3]), args[4]);
      bench.latest(open);
    }
  }

  private Event event() {
    int device = random.nextInt(devices);
    return new Event(
        deviceKeys[device],
        1,
        device,
        "status",
        "json",
        Payload.owned(payload),
        System.currentTimeMillis(),
        null,
        1);
  }

  private void append(StoreFixture open, long rows, long perSecond, String way) {
    long cpu = machine.getProcessCpuTime();
    long own = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long wall = System.nanoTime();
    if (way.equals("store")) {
      for (long done = 0; done < rows; done += BATCH) {
        List<Event> batch = new ArrayList<>(BATCH);
        for (int i = 0; i < BATCH; i++) {
          batch.add(event());
        }
        open.store.append(batch);
      }
    } else {
      ingest(open, rows, perSecond);
    }
    double micros = (machine.getProcessCpuTime() - cpu) / 1e3 / rows;
    double seconds = (System.nanoTime() - wall) / 1e9;
    double ownMicros =
        (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - own) / 1e3 / rows;
    System.out.printf(
        "rows %,d by %s in %.1f s: %,.0f rows/s, %.2f CPU-us per row, %.2f of them by the thread"
            + " that submits%n",
        rows, way, seconds, rows / seconds, micros, ownMicros);
  }

  private static void ingest(StoreFixture open, BenchSource source) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (BatchingIngest ingest =
        new BatchingIngest(
            open.store,
            IngestLimits.DEFAULT,
            Clock.systemUTC(),
            Thread.ofPlatform().factory(),
            meters)) {
      ingest.start();
      AtomicLong fed = new AtomicLong();
      ingest.feed().subscribe(batch -> fed.addAndGet(batch.size()));
      source.into(ingest);
    }
    var batches = meters.get("sallyport.ingest.batch.events").summary();
    System.out.printf(
        "rows per commit: %.0f in mean, %.0f at most%n", batches.mean(), batches.max());
  }

  private interface BenchSource {
    void into(BatchingIngest ingest);
  }

  private void ingest(StoreFixture open, long rows, long perSecond) {
    ingest(
        open,
        ingest -> {
          AtomicLong stored = new AtomicLong();
          AppendListener listener =
              new AppendListener() {
                @Override
                public void appended(long position) {
                  stored.incrementAndGet();
                }

                @Override
                public void failed(Problem problem) {
                  throw new IllegalStateException(problem.text());
                }
              };
          long start = System.nanoTime();
          for (long done = 0; done < rows; done++) {
            while (!ingest.accepting()
                || (perSecond > 0 && done > (System.nanoTime() - start) / 1e9 * perSecond)) {
              LockSupport.parkNanos(200_000);
            }
            ingest.submit(event(), listener);
          }
          while (stored.get() < rows) {
            LockSupport.parkNanos(1_000_000);
          }
        });
  }

  private void latest(StoreFixture open) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    double[] micros = new double[READS];
    double[] cpuMicros = new double[READS];
    long found = 0;
    for (int i = 0; i < READS; i++) {
      int device = random.nextInt(devices);
      long start = System.nanoTime();
      long cpu = threads.getCurrentThreadCpuTime();
      found +=
          open.store
              .history(deviceKeys[device], device, 1, EventQuery.ALL, PageRequest.first(50))
              .items()
              .size();
      cpuMicros[i] = (threads.getCurrentThreadCpuTime() - cpu) / 1e3;
      micros[i] = (System.nanoTime() - start) / 1e3;
    }
    Arrays.sort(micros);
    Arrays.sort(cpuMicros);
    System.out.printf(
        "rows of the latest 50, %d found in mean: p50 %.0f us, p99 %.0f us; CPU p50 %.0f, p99 %.0f%n",
        found / READS,
        micros[READS / 2],
        micros[READS / 100 * 99],
        cpuMicros[READS / 2],
        cpuMicros[READS / 100 * 99]);
  }
}
