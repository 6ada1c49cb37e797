package io.sallyport.plain;

import io.sallyport.platform.space.Bridge;
import io.sallyport.platform.space.Bridge.Direction;
import io.sallyport.platform.space.BridgeRights;
import io.sallyport.platform.space.BridgeRights.Standing;
import io.sallyport.platform.space.PlainSpaceStore;
import io.sallyport.platform.space.StoredPlainSpaces;
import io.sallyport.platform.space.TopicPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bridges that may run now. Reviewed at every change and every few seconds: one whose author
 * has lost what it needs is stopped for good (THREATS T37). Thread-safe; readers never wait.
 */
final class RunningBridges {
  private static final Logger LOG = LoggerFactory.getLogger(RunningBridges.class);

  /** A bridge that runs, with what it needs at hand. */
  record Running(Bridge bridge, TopicPattern pattern, int tenantNumber, long deviceNumber) {}

  private record Reading(Map<Long, List<Running>> ofSpace, Map<Long, List<Running>> ofDevice) {}

  private final PlainSpaceStore store;
  private final StoredPlainSpaces spaces;
  private final BridgeRights rights;
  private final Executor threads;
  private final AtomicBoolean reviewDue = new AtomicBoolean();
  private final ReentrantLock reviewing = new ReentrantLock();
  private volatile Reading reading = new Reading(Map.of(), Map.of());

  RunningBridges(
      PlainSpaceStore store, StoredPlainSpaces spaces, BridgeRights rights, Executor threads) {
    this.store = store;
    this.spaces = spaces;
    this.rights = rights;
    this.threads = threads;
  }

  /** Those that carry from the space. */
  List<Running> fromSpace(long spaceNumber) {
    return reading.ofSpace().getOrDefault(spaceNumber, List.of());
  }

  /** Those that carry from the device. */
  List<Running> fromDevice(long deviceNumber) {
    Map<Long, List<Running>> ofDevice = reading.ofDevice();
    return ofDevice.isEmpty() ? List.of() : ofDevice.getOrDefault(deviceNumber, List.of());
  }

  /** Reviews soon, on another thread. */
  void reviewSoon() {
    if (reviewDue.compareAndSet(false, true)) {
      threads.execute(() -> {
        try {
          review();
        } catch (RuntimeException e) {
          LOG.error("Bridges could not be reviewed; it is tried again in a few seconds", e);
        }
      });
    }
  }

  /** Reads the bridges and their authors' rights anew. Blocks. */
  void review() {
    reviewing.lock();
    try {
      reviewDue.set(false); // What changes from here on asks for another review.
      Map<Long, List<Running>> ofSpace = new HashMap<>();
      Map<Long, List<Running>> ofDevice = new HashMap<>();
      for (Bridge bridge : store.runningBridges()) {
        switch (rights.of(bridge)) {
          case Standing.Runs runs -> {
            Running running =
                new Running(
                    bridge,
                    TopicPattern.of(bridge.plan().topic()),
                    runs.tenantNumber(),
                    runs.deviceNumber());
            boolean toEvent = bridge.plan().direction() == Direction.TO_EVENT;
            (toEvent ? ofSpace : ofDevice)
                .computeIfAbsent(
                    toEvent ? bridge.spaceNumber() : runs.deviceNumber(), _ -> new ArrayList<>())
                .add(running);
          }
          case Standing.Rests _ -> {}
          case Standing.Lost lost -> spaces.stopBridge(bridge, lost.reason());
        }
      }
      reading = new Reading(ofSpace, ofDevice);
    } finally {
      reviewing.unlock();
    }
  }
}
