package io.sallyport.platform.audit;

/** Tells how far the checkpoints go, so that lines cut off the end of a file are noticed. */
@FunctionalInterface
public interface NewestCheckpoint {
  /** The highest number at any place that can be read; 0 before the first. */
  long number();
}
