package io.sallyport.platform.telemetry;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A linked queue with many producers and one consumer, without locks: one object and one atomic
 * exchange per submission (D. Vyukov's non-intrusive MPSC queue, with the node being the element).
 */
final class SubmissionQueue {
  /** An event that waits, and who is told of its fate. */
  static final class Submission {
    // Null only in the queue's stub, and once the consumer has taken them.
    private @Nullable Event event;
    private @Nullable Marker marker;
    private @Nullable AppendListener listener;
    private volatile @Nullable Submission next;

    Submission(@Nullable Event event, @Nullable Marker marker, @Nullable AppendListener listener) {
      this.event = event;
      this.marker = marker;
      this.listener = listener;
    }
  }

  /** Where the consumer puts what it takes. */
  interface Sink {
    void accept(Event event, @Nullable Marker marker, AppendListener listener);
  }

  private final AtomicReference<Submission> tail;
  private Submission head;

  SubmissionQueue() {
    Submission stub = new Submission(null, null, null);
    this.tail = new AtomicReference<>(stub);
    this.head = stub;
  }

  /** Adds at the end; any thread. */
  void add(Event event, @Nullable Marker marker, AppendListener listener) {
    Submission added = new Submission(event, marker, listener);
    tail.getAndSet(added).next = added;
  }

  /** The first event without taking it, for the consumer only. */
  @Nullable Event peek() {
    Submission first = head.next;
    return first == null ? null : first.event;
  }

  /** Takes the first, if there is one; for the consumer only. */
  boolean poll(Sink sink) {
    Submission first = head.next;
    if (first == null) {
      return false;
    }
    Event event = first.event;
    Marker marker = first.marker;
    AppendListener listener = first.listener;
    if (event == null || listener == null) {
      throw new IllegalStateException("a submission was taken twice: there is a second consumer");
    }
    // The node stays as the new stub; what it carried must not stay with it.
    first.event = null;
    first.marker = null;
    first.listener = null;
    head = first;
    sink.accept(event, marker, listener);
    return true;
  }

  /** For the consumer; a submission being linked may be missed, its producer wakes after. */
  boolean isEmpty() {
    return head.next == null;
  }
}
