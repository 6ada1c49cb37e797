package io.sallyport.simulator.fleet;

/** Noise that depends on a seed and a moment only, so that the same room repeats its day. */
final class Noise {
  private final long seed;

  Noise(long seed) {
    this.seed = seed;
  }

  /** Independent values in [-1, 1), one per slot. */
  double white(int channel, long slot) {
    long bits = mix(seed ^ mix(slot ^ mix(channel)));
    return (bits >> 11) * 0x1.0p-52;
  }

  /** A curve in [-1, 1) that wanders from slot to slot without jumps. */
  double smooth(int channel, double slots) {
    long slot = (long) Math.floor(slots);
    double part = slots - slot;
    double weight = part * part * (3 - 2 * part);
    return white(channel, slot) * (1 - weight) + white(channel, slot + 1) * weight;
  }

  /** A fixed property of this seed between the two bounds. */
  double property(int channel, double from, double to) {
    return from + (to - from) * (white(channel, Long.MIN_VALUE) + 1) / 2;
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
