package io.sallyport.simulator.load;

import io.netty.buffer.ByteBuf;
import io.sallyport.simulator.figures.LatencyHistogram;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A publisher and a subscriber that do nothing unusual while others do: a message at QoS 1 at fixed
 * times, and how long each was on its way through the server and back.
 */
final class PairProbe implements AutoCloseable {
  private final LoadLoop loop;
  private final ScheduledFuture<?> ticking;
  private final Flow flow;

  /**
   * What was seen since the last reading.
   *
   * @param late how late the messages left: what this machine itself delays
   */
  record Reading(
      ScenarioResult.Latency latency, long count, double seconds, ScenarioResult.Latency late) {}

  /** Connects both and begins; publisher and subscriber are these of the target. */
  PairProbe(LoadTarget target, int publisher, int subscriber, Duration every)
      throws IOException, InterruptedException {
    this.loop = new LoadLoop(target.endpoint());
    try {
      this.flow = new Flow(every.toNanos());
      LoadClient reader =
          LoadLoop.await(loop.open(target.subscriber(subscriber), flow, LoadLoop.Handshake.FULL));
      LoadLoop.await(reader.subscribe(target.filter(publisher), 1));
      LoadClient writer =
          LoadLoop.await(loop.open(target.publisher(publisher), flow, LoadLoop.Handshake.FULL));
      byte[] topic = MqttEncoder.utf8(target.topic(publisher));
      loop.run(flow::reset);
      this.ticking =
          loop.timer()
              .scheduleAtFixedRate(
                  () -> flow.send(writer, topic),
                  every.toNanos(),
                  every.toNanos(),
                  TimeUnit.NANOSECONDS);
    } catch (IOException | InterruptedException | RuntimeException e) {
      loop.close();
      throw e;
    }
  }

  /** Forgets what was seen so far; losses and doubles stay. */
  void reset() throws IOException, InterruptedException {
    loop.run(flow::reset);
  }

  Reading read() throws IOException, InterruptedException {
    return LoadLoop.await(CompletableFuture.supplyAsync(flow::reading, loop.executor()));
  }

  /** Sends no more and waits for what is on its way. */
  void stop() throws IOException, InterruptedException {
    loop.run(() -> {
      ticking.cancel(false);
      flow.ending = true;
    });
    loop.awaitSettled(() -> flow.arrivals.expected() == flow.sent);
  }

  long lost() {
    return flow.arrivals.lostOf(flow.sent);
  }

  long doubled() {
    return flow.arrivals.doubled();
  }

  /** How many of the two connections were closed by the server. */
  int closed() {
    return flow.closed;
  }

  @Override
  public void close() {
    flow.ending = true;
    loop.close();
  }

  /** Belongs to the loop; the counts are read after its last step. */
  private static final class Flow implements LoadEvents {
    private final long everyNanos;
    private final LatencyHistogram latency = new LatencyHistogram();
    private final LatencyHistogram late = new LatencyHistogram();
    private final Arrivals arrivals = new Arrivals();
    // A publisher's number has four digits there; this one is alone and needs none.
    private final byte[] payload = StampedPayload.of(0);
    private long begunNanos = System.nanoTime();
    private long count;
    private long dueNanos;
    private long sent;
    private volatile boolean ending;
    private int closed;

    Flow(long everyNanos) {
      this.everyNanos = everyNanos;
    }

    void reset() {
      latency.reset();
      late.reset();
      count = 0;
      begunNanos = System.nanoTime();
    }

    Reading reading() {
      return new Reading(
          ScenarioResult.Latency.of(latency),
          count,
          (System.nanoTime() - begunNanos) / 1e9,
          ScenarioResult.Latency.of(late));
    }

    void send(LoadClient writer, byte[] topic) {
      long now = System.nanoTime();
      if (dueNanos != 0) {
        late.record(now - dueNanos);
      }
      dueNanos = (dueNanos == 0 ? now : dueNanos) + everyNanos;
      if (closed == 0) {
        StampedPayload.stamp(payload, sent++, now);
        writer.publish(topic, 1, payload);
        writer.flushPending();
      }
    }

    @Override
    public void received(LoadClient client, ByteBuf message, int payloadBytes) {
      if (payloadBytes == StampedPayload.BYTES
          && arrivals.enter(StampedPayload.sequence(message))) {
        count++;
        latency.record(System.nanoTime() - StampedPayload.nanos(message));
      }
    }

    @Override
    public void closed(LoadClient client) {
      if (!ending) {
        closed++;
      }
    }
  }
}
