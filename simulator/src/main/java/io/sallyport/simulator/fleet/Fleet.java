package io.sallyport.simulator.fleet;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.figures.MessageLedger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/**
 * A fleet of buildings' sensors: connects with bounded parallelism, reports at a steady rate, takes
 * spells offline, keeps the session of every fourth device, obeys commands.
 *
 * <p>Life: {@link #connect}, {@link #start}, {@link #pause}, {@link #close}. One thread paces all
 * devices; the MQTT library's threads do the rest.
 */
public final class Fleet implements AutoCloseable {
  /** What {@link #connection} returns for a device that is offline. */
  public static final int NOT_CONNECTED = -1;

  private static final int CONNECTING_MAX = 16;
  private static final int PERSISTENT_EVERY = 4;
  private static final long TICK_MILLIS = 10;
  private static final Duration SPELL_MIN = Duration.ofSeconds(2);
  private static final Duration SPELL_MAX = Duration.ofSeconds(8);

  private final FleetPlan plan;
  private final FleetFigures figures = new FleetFigures();
  private final List<SensorDevice> devices = new ArrayList<>();
  private final RandomGenerator random;
  private final ScheduledExecutorService pacer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("fleet-pacer").factory());
  private volatile boolean reporting;
  private long startNanos;
  private long issued;
  private int turn;

  public Fleet(
      FleetPlan plan,
      MqttClients clients,
      List<DeviceLogin> logins,
      MessageLedger ledger,
      CommandObserver observer,
      Clock clock) {
    this.plan = plan;
    this.random = new SplittableRandom(plan.seed());
    RandomGenerator chance = new java.util.Random(plan.seed());
    FleetSupport support =
        new FleetSupport(
            BuildingClock.ofDay(clock, plan.day()),
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), chance),
            figures,
            observer);
    MqttQos qos = Objects.requireNonNull(MqttQos.fromCode(plan.qos()));
    for (int i = 0; i < logins.size(); i++) {
      DeviceLogin login = logins.get(i);
      devices.add(
          new SensorDevice(
              login,
              new Room(plan.seed() + i),
              i % PERSISTENT_EVERY == PERSISTENT_EVERY - 1,
              qos,
              clients,
              support,
              ledger.device(login.id())));
    }
  }

  public FleetFigures figures() {
    return figures;
  }

  public int size() {
    return devices.size();
  }

  /**
   * Connects all devices, a few at a time, and waits until each is connected or refused.
   *
   * @return whether all were in time; the others go on trying
   */
  public boolean connect(Duration patience) throws InterruptedException {
    Semaphore permits = new Semaphore(CONNECTING_MAX);
    long deadline = System.nanoTime() + patience.toNanos();
    List<CompletableFuture<Void>> attempts = new ArrayList<>();
    for (SensorDevice device : devices) {
      if (!permits.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return false;
      }
      attempts.add(device.connect().handle((done, failure) -> null).thenRun(permits::release));
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(attempts.toArray(CompletableFuture<?>[]::new));
    try {
      all.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("every outcome was turned into success", e);
    }
  }

  /** Starts reporting and, when the plan has them, spells offline. */
  public void start() {
    reporting = true;
    startNanos = System.nanoTime();
    var _ = pacer.scheduleAtFixedRate(this::reportDue, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    if (plan.spellEvery().isPositive()) {
      long every = plan.spellEvery().toMillis();
      var _ = pacer.scheduleAtFixedRate(this::takeSpell, every, every, TimeUnit.MILLISECONDS);
    }
  }

  /** Stops reporting; connections stay and commands are still obeyed. */
  public void pause() {
    reporting = false;
  }

  /** A device that is connected now, chosen by chance; empty when none is. */
  public OptionalInt anyReady(RandomGenerator chance) {
    int from = chance.nextInt(devices.size());
    for (int i = 0; i < devices.size(); i++) {
      int index = (from + i) % devices.size();
      if (devices.get(index).ready()) {
        return OptionalInt.of(index);
      }
    }
    return OptionalInt.empty();
  }

  /** The login of the device with this number. */
  public DeviceLogin login(int device) {
    return devices.get(device).login();
  }

  /** A number that every new connection of the device changes; {@link #NOT_CONNECTED} without. */
  public int connection(int device) {
    SensorDevice sensor = devices.get(device);
    return sensor.ready() ? sensor.epoch() : NOT_CONNECTED;
  }

  @Override
  public void close() {
    reporting = false;
    pacer.shutdownNow();
    CompletableFuture<?>[] ends =
        devices.stream()
            .map(device -> device.disconnect().handle((done, failure) -> null))
            .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(ends).get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      System.err.println("some devices did not disconnect in time");
    }
  }

  private void reportDue() {
    if (!reporting) {
      return;
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    long due = (long) (seconds * plan.messagesPerSecond());
    while (issued < due) {
      devices.get(turn).report();
      turn = (turn + 1) % devices.size();
      issued++;
    }
  }

  private void takeSpell() {
    if (!reporting) {
      return;
    }
    OptionalInt chosen = anyReady(random);
    if (chosen.isEmpty()) {
      return;
    }
    SensorDevice device = devices.get(chosen.getAsInt());
    figures.spellTaken();
    long millis = random.nextLong(SPELL_MIN.toMillis(), SPELL_MAX.toMillis());
    var _ = device.disconnect();
    var _ = pacer.schedule(() -> returnFromSpell(device), millis, TimeUnit.MILLISECONDS);
  }

  private void returnFromSpell(SensorDevice device) {
    // The outcome shows in the figures: connected again, or refused.
    var _ = device.connect().handle((done, failure) -> null);
  }
}
