package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ReceivedMark;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.Operation;
import io.sallyport.mqtt.store.QueuedMessage;
import io.sallyport.mqtt.store.SessionRef;
import io.sallyport.mqtt.store.SessionStore;
import io.sallyport.mqtt.store.SessionStoreException;
import io.sallyport.mqtt.store.StoredMessage;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * One life of a process over a store: after {@link #kill} nothing that the engine still does
 * reaches the store, and nobody is told of anything.
 */
public final class CrashingStore implements SessionStore {
  private final SessionStore disk;
  final List<Operation> written = new CopyOnWriteArrayList<>();
  private boolean killed;

  public CrashingStore(SessionStore disk) {
    this.disk = disk;
  }

  public synchronized void kill() {
    killed = true;
  }

  private synchronized boolean alive() {
    return !killed;
  }

  @Override
  public long newSessionNumber() {
    return disk.newSessionNumber();
  }

  @Override
  public void load(Loading loading) {
    disk.load(loading);
  }

  @Override
  public void submit(Batch batch, Runnable committed, Consumer<SessionStoreException> failed) {
    synchronized (this) {
      if (killed) {
        return;
      }
      written.addAll(batch.operations());
      disk.submit(
          batch,
          () -> {
            if (alive()) {
              committed.run();
            }
          },
          failed);
    }
  }

  @Override
  public void submitLazily(Batch batch) {
    synchronized (this) {
      if (!killed) {
        written.addAll(batch.operations());
        disk.submitLazily(batch);
      }
    }
  }

  @Override
  public boolean accepting() {
    return disk.accepting();
  }

  @Override
  public void whenAccepting(Runnable resumed) {
    disk.whenAccepting(resumed);
  }

  @Override
  public List<QueuedMessage> rows(
      SessionRef session, long fromSequence, int messagesMax, long bytesMax) {
    return disk.rows(session, fromSequence, messagesMax, bytesMax);
  }

  @Override
  public List<Integer> receivedIds(SessionRef session) {
    return disk.receivedIds(session);
  }

  @Override
  public Map<Integer, Long> receivedSteps(SessionRef session) {
    return disk.receivedSteps(session);
  }

  @Override
  public ReceivedMark stepMark(SessionRef session, int packetId, long step) {
    return disk.stepMark(session, packetId, step);
  }

  @Override
  public ReceivedMark receivedMark(SessionRef session, int packetId) {
    return disk.receivedMark(session, packetId);
  }

  @Override
  public void loadRetained(Scope scope, Consumer<StoredMessage> retained) {
    disk.loadRetained(scope, retained);
  }

  @Override
  public OptionalLong cursor(Scope scope) {
    return disk.cursor(scope);
  }

  @Override
  public void clearSessions() {
    disk.clearSessions();
  }

  /** The disk outlives the process. */
  @Override
  public void close() {
    kill();
  }
}
