package io.sallyport.simulator.load;

import io.sallyport.simulator.figures.LatencyHistogram;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One kind of message in a mixed load: streams of messages in order, each with a window of those on
 * their way, and a credit of messages that may be sent now. Belongs to the event loop.
 */
final class Lane {
  private static final double ARREARS_SECONDS_MAX = 1;

  private final String name;
  private final int qos;
  private final int window;
  private final boolean oneSender;
  private final ArrayDeque<Stream> unacknowledged = new ArrayDeque<>();
  private final List<Stream> streams = new ArrayList<>();
  private final ArrayDeque<Stream> roomy = new ArrayDeque<>();
  private final LatencyHistogram undisturbed = new LatencyHistogram();
  private final LatencyHistogram all = new LatencyHistogram();
  private double credit;
  private long counted;
  private long redelivered;
  private boolean counting;
  private boolean disturbed;

  /** Messages from one sender to one receiver, in order. */
  final class Stream {
    private final LoadClient sender;
    private final byte[] topic;
    private final byte[] payload;
    private final Arrivals arrivals = new Arrivals();
    private long sent;
    private long acknowledged;
    private long settled;
    private long settledAtLastLook;
    private boolean queued;

    Stream(LoadClient sender, String topic, int number) {
      this.sender = sender;
      this.topic = MqttEncoder.utf8(topic);
      this.payload = StampedPayload.of(number);
    }

    void acknowledge() {
      acknowledged++;
      settle();
    }

    private void settle() {
      settled =
          Math.max(
              settled,
              qos == 0 ? arrivals.expected() : Math.min(arrivals.expected(), acknowledged));
      if (!queued && sent - settled < window) {
        queued = true;
        roomy.add(this);
      }
    }

    private boolean isSettled() {
      return arrivals.expected() == sent && (qos == 0 || acknowledged == sent);
    }
  }

  /**
   * @param window messages on their way of each stream
   * @param oneSender whether all streams have the same sender, whom acknowledgements reach in the
   *     order of its messages (MQTT 3.1.1 §4.6)
   */
  Lane(String name, int qos, int window, boolean oneSender) {
    this.name = name;
    this.oneSender = oneSender;
    this.qos = qos;
    this.window = window;
  }

  String name() {
    return name;
  }

  /**
   * Adds the next stream.
   *
   * @param number what its payloads say
   */
  Stream add(LoadClient sender, String topic, int number) {
    Stream stream = new Stream(sender, topic, number);
    streams.add(stream);
    stream.settle();
    return stream;
  }

  /** The one sender's oldest message was acknowledged. */
  void acknowledgeOldest() {
    Stream stream = unacknowledged.poll();
    if (stream != null) {
      stream.acknowledge();
    }
  }

  /** As many as the windows let pass from now on, or as many as credits come. */
  void unlimited(boolean unlimited) {
    credit = unlimited ? Double.POSITIVE_INFINITY : 0;
  }

  /** Lets more messages pass; arrears of more than a second are given up. */
  void credit(double messages, double perSecond) {
    credit = Math.min(credit + messages, Math.max(1, perSecond * ARREARS_SECONDS_MAX));
  }

  /** Sends what credit and windows allow and flushes. */
  void pump() {
    ArrayDeque<Stream> touched = new ArrayDeque<>();
    while (credit >= 1 && !roomy.isEmpty()) {
      Stream stream = roomy.poll();
      StampedPayload.stamp(stream.payload, stream.sent++, System.nanoTime());
      stream.sender.publish(stream.topic, qos, stream.payload);
      touched.add(stream);
      if (oneSender) {
        unacknowledged.add(stream);
      }
      credit--;
      if (stream.sent - stream.settled < window) {
        roomy.add(stream);
      } else {
        stream.queued = false;
      }
    }
    touched.forEach(stream -> stream.sender.flushPending());
  }

  /** Enters an arrival on the stream that was added as this one. */
  void arrived(int index, long sequence, long nanos, boolean again) {
    if (index >= streams.size()) {
      return;
    }
    Stream stream = streams.get(index);
    if (again && sequence < stream.arrivals.expected()) {
      redelivered++;
      return;
    }
    boolean first = stream.arrivals.enter(sequence);
    stream.settle();
    if (first && counting) {
      counted++;
      long took = System.nanoTime() - nanos;
      all.record(took);
      if (!disturbed) {
        undisturbed.record(took);
      }
    }
  }

  /** A message lost at the end of a window would keep its place: makes room after a stall. */
  void unstall() {
    for (Stream stream : streams) {
      if (stream.settled == stream.settledAtLastLook && stream.sent - stream.settled >= window) {
        stream.settled = stream.sent;
        stream.settle();
      }
      stream.settledAtLastLook = stream.settled;
    }
  }

  void startCounting() {
    counted = 0;
    undisturbed.reset();
    all.reset();
    counting = true;
  }

  void stopCounting() {
    counting = false;
  }

  /** Whether something beside the load is going on that delays messages. */
  void disturbed(boolean now) {
    disturbed = now;
  }

  boolean settled() {
    return streams.stream().allMatch(Stream::isSettled);
  }

  long counted() {
    return counted;
  }

  long lost() {
    return streams.stream().mapToLong(one -> one.arrivals.lostOf(one.sent)).sum();
  }

  long doubled() {
    return streams.stream().mapToLong(one -> one.arrivals.doubled()).sum();
  }

  /** Messages that came again with the DUP flag, as they may after a cut. */
  long redelivered() {
    return redelivered;
  }

  ScenarioResult.Latency undisturbed() {
    return ScenarioResult.Latency.of(undisturbed);
  }

  ScenarioResult.Latency all() {
    return ScenarioResult.Latency.of(all);
  }
}
