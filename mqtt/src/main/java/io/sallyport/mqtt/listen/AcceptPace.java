package io.sallyport.mqtt.listen;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Stands on a listener's sockets: when a tenth of a second has brought its share of new
 * connections, the next ones wait in the kernel's queue for its end. They are delayed, not refused
 * (MESSAGING.md section 8). Used by the accepting thread only.
 */
// The timer's end is of no interest: a closed door needs no waking.
@SuppressWarnings("FutureReturnValueIgnored")
@Sharable
final class AcceptPace extends ChannelInboundHandlerAdapter {
  private static final long PERIOD_NANOS = Duration.ofMillis(100).toNanos();
  private static final int PERIODS_PER_SECOND = 10;

  private final int perPeriod;
  private final ListenMetrics metrics;
  private final LongSupplier nanoClock;
  private long periodEndNanos;
  private int accepted;

  AcceptPace(int perSecondMax, ListenMetrics metrics, LongSupplier nanoClock) {
    this.perPeriod = Math.max(1, perSecondMax / PERIODS_PER_SECOND);
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    periodEndNanos = nanoClock.getAsLong() + PERIOD_NANOS;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object connection) {
    ctx.fireChannelRead(connection);
    long now = nanoClock.getAsLong();
    if (now - periodEndNanos >= 0) {
      periodEndNanos = now + PERIOD_NANOS;
      accepted = 0;
    }
    accepted++;
    if (accepted >= perPeriod && ctx.channel().config().isAutoRead()) {
      metrics.acceptDelayed();
      ctx.channel().config().setAutoRead(false);
      ctx.executor()
          .schedule(
              () -> {
                if (ctx.channel().isOpen()) {
                  ctx.channel().config().setAutoRead(true);
                }
              },
              periodEndNanos - now,
              TimeUnit.NANOSECONDS);
    }
  }
}
