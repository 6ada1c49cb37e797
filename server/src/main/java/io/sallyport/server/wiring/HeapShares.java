package io.sallyport.server.wiring;

/**
 * Cuts limits on what waits in memory down to a share of the heap, so that under a small heap work
 * is refused where it would otherwise end the process. Six of them have such limits; what is left
 * is for connections and for what is being worked on.
 */
record HeapShares(long heapBytes) {
  HeapShares {
    if (heapBytes < 1) {
      throw new IllegalArgumentException("the heap has a size");
    }
  }

  static HeapShares ofThisProcess() {
    return new HeapShares(Runtime.getRuntime().maxMemory());
  }

  /** {@code bytesMax}, or an eighth of the heap when that is less. */
  long atMostAnEighth(long bytesMax) {
    return Math.max(1, Math.min(bytesMax, heapBytes / 8));
  }
}
