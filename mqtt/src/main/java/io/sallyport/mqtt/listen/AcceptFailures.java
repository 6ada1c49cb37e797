package io.sallyport.mqtt.listen;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands on a listening socket: when accepting fails, as it does without free file descriptors, it
 * rests for a moment instead of trying again at once, and says so in one line per 10 s.
 */
// The timer's end is of no interest: a closed door needs no waking.
@SuppressWarnings("FutureReturnValueIgnored")
@Sharable
final class AcceptFailures extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);
  static final Duration LINE_EVERY = Duration.ofSeconds(10);

  private final String listener;
  private final ListenMetrics metrics;
  private final Duration pause;
  private final LongSupplier nanoClock;
  private long untold;
  private long nextLineNanos;

  AcceptFailures(String listener, ListenMetrics metrics, Duration pause, LongSupplier nanoClock) {
    this.listener = listener;
    this.metrics = metrics;
    this.pause = pause;
    this.nanoClock = nanoClock;
    nextLineNanos = nanoClock.getAsLong();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    metrics.acceptFailed();
    long failures = failuresToTell();
    if (failures > 0) {
      LOG.warn(
          "{}: a new connection could not be accepted ({} times since the last such line): {}",
          listener,
          failures,
          cause.toString());
    }
    if (ctx.channel().config().isAutoRead()) {
      ctx.channel().config().setAutoRead(false);
      ctx.executor()
          .schedule(
              () -> {
                if (ctx.channel().isOpen()) {
                  ctx.channel().config().setAutoRead(true);
                }
              },
              pause.toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  /** Counts one more; how many the next line speaks of, or 0 while no line is due. */
  synchronized long failuresToTell() {
    untold++;
    long now = nanoClock.getAsLong();
    if (now - nextLineNanos < 0) {
      return 0;
    }
    nextLineNanos = now + LINE_EVERY.toNanos();
    long told = untold;
    untold = 0;
    return told;
  }
}
