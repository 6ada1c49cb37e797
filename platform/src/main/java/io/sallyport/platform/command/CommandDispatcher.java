package io.sallyport.platform.command;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.command.DeviceLane.RouteEntry;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceRevocationListener;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings waiting commands to live routes: per device in order of submission, at most so many in
 * flight, none twice while its outcome is open. The store says what waits; this class only knows
 * what is on its way. Thread-safe: a device's {@link DeviceLane} is touched inside atomic updates
 * of one map only, and one thread at a time delivers for a device.
 */
public final class CommandDispatcher implements CommandRoutes, DeviceRevocationListener {
  private static final Logger LOG = LoggerFactory.getLogger(CommandDispatcher.class);
  private static final int LOOK_AHEAD = 64;
  private static final int SWEEP_ROWS_MAX = 1_000;

  private final CommandStore store;
  private final Transactions transactions;
  private final CommandLimits limits;
  private final Clock clock;
  private final Executor executor;
  private final ConcurrentHashMap<DeviceKey, DeviceLane> lanes = new ConcurrentHashMap<>();
  private final Set<DeviceKey> waiting = ConcurrentHashMap.newKeySet();

  /** Delivered commands whose status could not be stored; tried again by {@link #sweep}. */
  private final Queue<Command> unrecorded = new ConcurrentLinkedQueue<>();

  /** Devices whose commands could not be read; tried again by {@link #sweep}. */
  private final Set<DeviceKey> unread = ConcurrentHashMap.newKeySet();

  /**
   * @param executor runs deliveries; they read the store and may block, so never an event loop
   */
  public CommandDispatcher(
      CommandStore store,
      Transactions transactions,
      CommandLimits limits,
      Clock clock,
      Executor executor) {
    this.store = store;
    this.transactions = transactions;
    this.limits = limits;
    this.clock = clock;
    this.executor = executor;
  }

  @Override
  public Registration register(DeviceKey device, long deviceNumber, CommandRoute route) {
    RouteEntry entry = new RouteEntry(route);
    lanes.compute(
        device,
        (key, old) -> {
          DeviceLane lane =
              old != null && old.deviceNumber == deviceNumber ? old : new DeviceLane(deviceNumber);
          lane.routes.addFirst(entry);
          return lane;
        });
    wake(device);
    return () -> {
      update(device, lane -> lane.removeRoute(entry));
      // What waited impatiently for this route may have lost its last way.
      wake(device);
    };
  }

  @Override
  public void ready(DeviceKey device) {
    update(device, lane -> lane.passedOver.clear());
    wake(device);
  }

  @Override
  public void setWaits(DeviceKey device, boolean waits) {
    if (waits) {
      waiting.add(device);
    } else if (waiting.remove(device)) {
      wake(device);
    }
  }

  /** Whether a command without a time of its own has somebody to wait for. */
  boolean mayWait(DeviceKey device) {
    if (waiting.contains(device)) {
      return true;
    }
    boolean[] routed = new boolean[1];
    update(device, lane -> routed[0] = !lane.routes.isEmpty());
    return routed[0];
  }

  /**
   * A command was committed.
   *
   * @param patient whether it waits until it expires; if not, it ends when no route takes it and
   *     the device has no persistent session
   */
  void submitted(Command command, boolean patient) {
    if (!patient) {
      lanes.compute(
          command.device(),
          (key, old) -> {
            DeviceLane lane = old != null ? old : new DeviceLane(command.deviceNumber());
            lane.impatient.add(command.id());
            lane.lookAgain = true;
            return lane;
          });
    }
    wake(command.device());
  }

  private void update(DeviceKey device, Consumer<DeviceLane> change) {
    lanes.computeIfPresent(
        device,
        (key, lane) -> {
          change.accept(lane);
          return lane.isIdle() ? null : lane;
        });
  }

  private void wake(DeviceKey device) {
    boolean[] start = new boolean[1];
    update(
        device,
        lane -> {
          start[0] = !lane.delivering;
          lane.delivering = true;
          lane.lookAgain = true;
        });
    if (start[0]) {
      try {
        executor.execute(() -> deliverAll(device));
      } catch (RejectedExecutionException e) {
        update(device, lane -> lane.delivering = false);
        unread.add(device);
      }
    }
  }

  private void deliverAll(DeviceKey device) {
    boolean[] again = {true};
    while (again[0]) {
      again[0] = false;
      update(device, lane -> lane.lookAgain = false);
      try {
        deliverWaiting(device);
      } catch (RuntimeException e) {
        unread.add(device);
        LOG.error("Delivering commands failed; it is tried again shortly", e);
      }
      update(
          device,
          lane -> {
            again[0] = lane.lookAgain;
            lane.delivering = lane.lookAgain;
            lane.ended.clear();
          });
    }
  }

  /** What the deliverer saw of the lane when it began a turn. */
  private record Turn(
      long deviceNumber, int room, int inFlight, boolean routed, boolean impatient) {}

  private void deliverWaiting(DeviceKey device) {
    int lookAhead = LOOK_AHEAD;
    while (true) {
      Optional<Turn> turn = beginTurn(device);
      if (turn.isEmpty() || !(turn.get().routed() || turn.get().impatient())) {
        return;
      }
      int limit = Math.min(turn.get().inFlight() + lookAhead, limits.waitingMax());
      List<Command> commands = store.pending(turn.get().deviceNumber(), clock.instant(), limit);
      int room = turn.get().room();
      boolean offeredAny = false;
      for (Command command : commands) {
        if (room > 0 && offer(command)) {
          offeredAny = true;
          room--;
        }
      }
      if (commands.size() < limit) {
        forgetEnded(device, commands);
        return;
      }
      if (room == 0 || limit == limits.waitingMax()) {
        return;
      }
      // None of those seen is taken by a route: look behind them.
      lookAhead = offeredAny ? lookAhead : lookAhead * 4;
    }
  }

  /** What is noted of commands that wait no more, because they expired, has no use. */
  private void forgetEnded(DeviceKey device, List<Command> allWaiting) {
    Set<String> ids = new HashSet<>();
    allWaiting.forEach(command -> ids.add(command.id()));
    update(
        device,
        lane -> {
          // Looking again means that something was submitted after the list was read.
          if (!lane.lookAgain) {
            lane.impatient.retainAll(ids);
            lane.passedOver.keySet().retainAll(ids);
          }
        });
  }

  private Optional<Turn> beginTurn(DeviceKey device) {
    List<Turn> turn = new ArrayList<>(1);
    update(
        device,
        lane -> {
          lane.ended.clear();
          turn.add(
              new Turn(
                  lane.deviceNumber,
                  Math.max(0, limits.inFlightMax() - lane.inFlight.size()),
                  lane.inFlight.size(),
                  !lane.routes.isEmpty(),
                  !lane.impatient.isEmpty()));
        });
    return turn.stream().findFirst();
  }

  /** Offers the command to the device's routes, newest first; whether one took it. */
  private boolean offer(Command command) {
    List<RouteEntry> routes = new ArrayList<>();
    boolean[] ends = new boolean[1];
    update(
        command.device(),
        lane -> {
          if (!lane.inFlight.contains(command.id()) && !lane.ended.contains(command.id())) {
            routes.addAll(lane.untried(command.id()));
            ends[0] = routes.isEmpty() && isHopeless(lane, command);
            if (!routes.isEmpty() || ends[0]) {
              lane.inFlight.add(command.id());
            }
          }
        });
    for (RouteEntry route : routes) {
      if (route.route.deliver(command, new OpenOutcome(command, route))) {
        return true;
      }
      update(command.device(), lane -> lane.passOver(command.id(), route));
    }
    if (!routes.isEmpty()) {
      update(
          command.device(),
          lane -> {
            boolean untried = !lane.untried(command.id()).isEmpty();
            lane.lookAgain |= untried;
            ends[0] = !untried && isHopeless(lane, command);
            if (!ends[0]) {
              lane.inFlight.remove(command.id());
            }
          });
    }
    if (ends[0]) {
      finish(command, CommandStatus.UNDELIVERABLE, Optional.of("the device was not there"));
    }
    return false;
  }

  private boolean isHopeless(DeviceLane lane, Command command) {
    return lane.impatient.contains(command.id()) && !waiting.contains(command.device());
  }

  /** The open delivery of one command by one route. */
  private final class OpenOutcome implements CommandRoute.Outcome {
    private final Command command;
    private final RouteEntry route;
    private final AtomicBoolean open = new AtomicBoolean(true);

    OpenOutcome(Command command, RouteEntry route) {
      this.command = command;
      this.route = route;
    }

    @Override
    public void delivered() {
      if (open.compareAndSet(true, false)) {
        finish(command, CommandStatus.DELIVERED, Optional.empty());
      }
    }

    @Override
    public void dropped() {
      if (open.compareAndSet(true, false)) {
        update(
            command.device(),
            lane -> {
              lane.inFlight.remove(command.id());
              lane.passOver(command.id(), route);
            });
        wake(command.device());
      }
    }
  }

  /** Stores how it ended; until that is durable the command counts as in flight. */
  private void finish(Command command, CommandStatus status, Optional<String> reason) {
    // Its result is dealt with in the callback.
    var _ =
        transactions
            .submit(() -> advance(command, status, reason))
            .whenComplete((advanced, fault) -> {
              if (fault == null) {
                release(command);
              } else if (status == CommandStatus.DELIVERED) {
                unrecorded.add(command);
                LOG.error("The delivery of a command could not be stored yet", fault);
              } else {
                release(command);
                LOG.error("The end of a command could not be stored", fault);
              }
            });
  }

  private boolean advance(Command command, CommandStatus status, Optional<String> reason) {
    return store.advance(
        command.device().tenant(),
        command.id(),
        List.of(CommandStatus.PENDING),
        status,
        clock.instant(),
        reason);
  }

  private void release(Command command) {
    update(
        command.device(),
        lane -> {
          lane.inFlight.remove(command.id());
          lane.impatient.remove(command.id());
          lane.passedOver.remove(command.id());
          if (lane.delivering) {
            lane.ended.add(command.id());
          }
        });
    wake(command.device());
  }

  /**
   * Ends what waited too long, deletes old history, and tries again what the store refused. Call it
   * every few seconds; blocks.
   */
  public void sweep() {
    for (int left = unrecorded.size(); left > 0; left--) {
      Command command = unrecorded.poll();
      if (command != null) {
        finish(command, CommandStatus.DELIVERED, Optional.empty());
      }
    }
    for (DeviceKey device : List.copyOf(unread)) {
      unread.remove(device);
      wake(device);
    }
    lanes.forEach((device, lane) -> {
      // A racy look is enough: what it misses, the next sweep sees.
      if (!lane.impatient.isEmpty()) {
        wake(device);
      }
    });
    Instant now = clock.instant();
    while (store.expire(now, SWEEP_ROWS_MAX) == SWEEP_ROWS_MAX) {
      LOG.debug("More commands expired than one sweep step takes");
    }
    Instant oldest = now.minus(limits.historyAge());
    while (store.deleteFinalBefore(oldest, SWEEP_ROWS_MAX) == SWEEP_ROWS_MAX) {
      LOG.debug("More commands are outdated than one sweep step takes");
    }
  }

  @Override
  public void revoking(Device device, Cause cause) {
    switch (cause) {
      case DELETED -> store.deleteOf(device.number());
      case DISABLED ->
          store.withdrawPending(device.number(), clock.instant(), "the device was withdrawn");
      case TOKEN_REPLACED -> {}
    }
  }

  @Override
  public void revoked(Device device, Cause cause) {
    switch (cause) {
      case DELETED -> {
        waiting.remove(device.key());
        unread.remove(device.key());
        lanes.computeIfPresent(
            device.key(), (key, lane) -> lane.deviceNumber == device.number() ? null : lane);
      }
      case DISABLED, TOKEN_REPLACED -> {}
    }
  }

  /** Commands on their way now, over all devices. */
  public int inFlightCount() {
    int[] count = new int[1];
    for (DeviceKey device : Set.copyOf(lanes.keySet())) {
      update(device, lane -> count[0] += lane.inFlight.size());
    }
    return count[0];
  }

  /** Devices with a route, or with something on its way. */
  public int laneCount() {
    return lanes.size();
  }
}
