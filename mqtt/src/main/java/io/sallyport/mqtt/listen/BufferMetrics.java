package io.sallyport.mqtt.listen;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

/**
 * What the allocator of all sockets holds, free chunks included: {@code sallyport.buffers.bytes}.
 * The JVM's own meters do not see it.
 */
final class BufferMetrics {
  private static final String NAME = "sallyport.buffers.bytes";

  private BufferMetrics() {}

  static void bindTo(MeterRegistry registry) {
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
      ByteBufAllocatorMetric held = provider.metric();
      Gauge.builder(NAME, held, ByteBufAllocatorMetric::usedDirectMemory)
          .tag("memory", "direct")
          .register(registry);
      Gauge.builder(NAME, held, ByteBufAllocatorMetric::usedHeapMemory)
          .tag("memory", "heap")
          .register(registry);
    }
  }
}
