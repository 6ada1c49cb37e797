package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.telemetry.AppendListener;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.Marker;
import io.sallyport.platform.telemetry.TelemetryIngest;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Hands one connection's events to the ingest and answers each when it is durable. While the ingest
 * takes nothing, events wait here in order and their acknowledgements are held (MESSAGING section 5
 * point 4); the engine closes a connection that waits too long. Thread-safe.
 */
final class EventHandover {
  private final TelemetryIngest ingest;
  private final Executor threads;

  // All guarded by this.
  private final PriorityQueue<Pending> backlog =
      new PriorityQueue<>(1, Comparator.comparingLong(pending -> pending.order));
  private long nextOrder;
  private boolean waiting;
  private boolean closed;

  EventHandover(TelemetryIngest ingest, Executor threads) {
    this.ingest = ingest;
    this.threads = threads;
  }

  void submit(Event event, Ack ack) {
    Pending pending;
    synchronized (this) {
      pending = new Pending(event, ack, nextOrder++);
      if (!backlog.isEmpty()) {
        backlog.add(pending);
        return;
      }
    }
    submit(pending);
  }

  /** With the note of its id, where a QoS 2 message has one. */
  private void submit(Pending pending) {
    if (pending.marker == null) {
      ingest.submit(pending.event, pending);
    } else {
      ingest.submit(pending.event, pending.marker, pending);
    }
  }

  /**
   * The connection is gone. What waits is dropped: it was not acknowledged, so the client sends it
   * again; appending it later would double it.
   */
  synchronized void close() {
    closed = true;
    backlog.clear();
  }

  private void hold(Pending pending) {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (!backlog.contains(pending)) {
        backlog.add(pending);
      }
      pending.held = true;
      if (waiting) {
        return;
      }
      waiting = true;
    }
    ingest.whenAccepting(() -> threads.execute(this::drain));
  }

  private void drain() {
    synchronized (this) {
      waiting = false;
    }
    while (true) {
      Pending first;
      synchronized (this) {
        first = backlog.peek();
        if (first == null) {
          return;
        }
        first.held = false;
      }
      submit(first);
      synchronized (this) {
        if (first.held) {
          return;
        }
        backlog.remove(first);
      }
    }
  }

  private final class Pending implements AppendListener {
    private final Event event;
    private final Ack ack;
    private final long order;

    /** The client is answered when event and id are both durable: MESSAGING section 6. */
    private final @Nullable Marker marker;

    private boolean held;

    Pending(Event event, Ack ack, long order) {
      this.event = event;
      this.ack = ack;
      this.order = order;
      this.marker =
          ack.receivedMark().map(mark -> new Marker(mark.key(), mark.value())).orElse(null);
    }

    @Override
    public void appended(long position) {
      ack.accepted();
    }

    @Override
    public void failed(Problem problem) {
      switch (problem.code()) {
        case UNAVAILABLE -> hold(this);
        case TOO_LARGE, INVALID, LIMIT_REACHED -> ack.refused(ReasonCodes.QUOTA_EXCEEDED);
        case NOT_FOUND,
            ALREADY_EXISTS,
            IN_USE,
            BAD_CURSOR,
            UNAUTHENTICATED,
            FORBIDDEN,
            CONFLICT,
            STORAGE_FULL,
            STORAGE_FAILED,
            CORRUPT ->
            ack.close(CloseReason.STORAGE_UNAVAILABLE);
      }
    }
  }
}
