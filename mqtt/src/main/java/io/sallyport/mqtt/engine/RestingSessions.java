package io.sallyport.mqtt.engine;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sallyport.mqtt.RestoredSession;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.QueueSummary;
import io.sallyport.mqtt.store.SessionRecord;
import io.sallyport.mqtt.store.SessionRef;
import io.sallyport.mqtt.store.SessionStore;
import io.sallyport.mqtt.store.StoredSubscription;
import io.sallyport.mqtt.store.StoredWill;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that a restart has brought back, on an event loop of their own until their clients come
 * and claim them for theirs; and the sign of life by which the next start knows when this process
 * ended.
 */
final class RestingSessions {
  /**
   * A session that was connected expires from the last sign of life of any: so much too early at
   * most.
   */
  private static final long SIGN_OF_LIFE_SECONDS = 5;

  private record Restored(Session session, SessionRecord record, RestoredBinding binding)
      implements RestoredSession {
    @Override
    public SessionKey key() {
      return session.key();
    }

    @Override
    public void unsubscribe(String filter) {
      session.unsubscribe(filter);
    }
  }

  private final EngineContext engine;
  private final OrphanedWills wills;
  private final EventLoop eventLoop;
  private final LoopContext loop;
  private volatile boolean loaded;

  RestingSessions(
      EngineContext engine,
      OrphanedWills wills,
      Supplier<? extends CompletionStage<?>> revocationsTold) {
    this.engine = engine;
    this.wills = wills;
    this.eventLoop = new DefaultEventLoop(new DefaultThreadFactory("mqtt-resting", true));
    this.loop = new LoopContext(eventLoop, engine.faults(), revocationsTold);
  }

  boolean isLoaded() {
    return loaded;
  }

  /** Once; blocks. */
  void load() {
    if (loaded) {
      throw new IllegalStateException("sessions are loaded once");
    }
    Loader loader = new Loader();
    engine.ledger().store().load(loader);
    if (!loader.surplus.isEmpty()) {
      engine.ledger().note(loader.surplus.build());
    }
    for (Restored restored : loader.found) {
      if (restored.record.expirySeconds() > 0) { // Others end at once.
        restored.binding.judgedBy(
            engine.gate().restored(restored, restored.session.subscriptions().held()));
      }
    }
    long crashMillis = loader.lastSignOfLife;
    for (Restored restored : loader.found) {
      loop.post(() -> restored.session.rest(restored.record, crashMillis));
    }
    var _ =
        eventLoop.scheduleWithFixedDelay(
            wills::publishSome,
            OrphanedWills.PERIOD_MILLIS,
            OrphanedWills.PERIOD_MILLIS,
            TimeUnit.MILLISECONDS);
    var _ =
        eventLoop.scheduleWithFixedDelay(
            this::giveSignOfLife, SIGN_OF_LIFE_SECONDS, SIGN_OF_LIFE_SECONDS, TimeUnit.SECONDS);
    loaded = true;
  }

  private void giveSignOfLife() {
    Session one = engine.sessions().anyConnected();
    if (one != null) {
      one.onLoop(() -> {
        if (one.isConnected()) {
          one.noteState();
        }
      });
    }
  }

  void stop() {
    loop.stop();
    var _ = eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** Gathers what the store holds; a session above a limit is deleted. */
  private final class Loader implements SessionStore.Loading {
    private final List<Restored> found = new ArrayList<>();
    private final Batch.Builder surplus = Batch.builder();
    private long lastSignOfLife;
    private @Nullable Session present;

    @Override
    public void session(SessionRecord record, QueueSummary queue) {
      StoredWill will = record.will();
      RestoredBinding binding =
          new RestoredBinding(record.key(), will == null ? "" : will.message().tag(), wills);
      Session session = new Session(engine, record, queue, loop, binding);
      lastSignOfLife = Math.max(lastSignOfLife, record.aliveAtMillis());
      if (engine.sessions().restore(session)) {
        present = session;
        found.add(new Restored(session, record, binding));
      } else {
        present = null;
        session.discard();
        surplus.deleteSession(record.ref());
      }
    }

    @Override
    public void subscription(SessionRef session, StoredSubscription subscription) {
      if (present != null) {
        present.subscriptions().restore(subscription);
      }
    }
  }
}
