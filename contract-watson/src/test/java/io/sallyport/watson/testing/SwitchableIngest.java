package io.sallyport.watson.testing;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.telemetry.AppendListener;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.Marker;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.telemetry.TelemetryFeed;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.telemetry.TelemetryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Appends at once on the caller's thread, unless told to take nothing or to fail. */
public final class SwitchableIngest implements TelemetryIngest, TelemetryFeed {
  private final TelemetryStore store;
  private final List<Consumer<List<StoredEvent>>> subscribers = new CopyOnWriteArrayList<>();
  private final List<Runnable> resumptions = new ArrayList<>();
  private Optional<Problem> failure = Optional.empty();

  public SwitchableIngest(TelemetryStore store) {
    this.store = store;
  }

  /** Takes nothing until {@link #resume}. */
  public void pause() {
    failWith(new Problem(Problem.Code.UNAVAILABLE, "the queue is full"));
  }

  public void failWith(Problem problem) {
    failure = Optional.of(problem);
  }

  public void resume() {
    failure = Optional.empty();
    List<Runnable> waiting = List.copyOf(resumptions);
    resumptions.clear();
    waiting.forEach(Runnable::run);
  }

  @Override
  public void submit(Event event, AppendListener listener) {
    submit(event, Map.of(), listener);
  }

  @Override
  public void submit(Event event, Marker marker, AppendListener listener) {
    submit(event, Map.of(0, marker), listener);
  }

  private void submit(Event event, Map<Integer, Marker> markers, AppendListener listener) {
    if (failure.isPresent()) {
      listener.failed(failure.get());
      return;
    }
    long position = store.append(List.of(event), markers)[0];
    listener.appended(position);
    List<StoredEvent> batch = List.of(new StoredEvent(position, event));
    subscribers.forEach(subscriber -> subscriber.accept(batch));
  }

  @Override
  public boolean accepting() {
    return failure.isEmpty();
  }

  @Override
  public void whenAccepting(Runnable resumed) {
    if (accepting()) {
      resumed.run();
    } else {
      resumptions.add(resumed);
    }
  }

  @Override
  public Subscription subscribe(Consumer<List<StoredEvent>> subscriber) {
    subscribers.add(subscriber);
    return () -> subscribers.remove(subscriber);
  }
}
