package io.sallyport.platform.base;

import java.util.OptionalLong;

/**
 * The high-water marks of the internal numbers (THREATS T15), kept outside the data folder: a
 * backup that is brought back rolls the registry's sequences back, and a number given since would
 * be given again, although it is in keys, sealed payloads and tokens. Thread-safe.
 */
public interface NumberMarks {
  /**
   * Notes that a number is being given, before its commit. Marks rise in blocks, so that few calls
   * wait for a disk.
   *
   * @throws ProblemException {@code STORAGE_FAILED}: the number must not be given
   */
  void given(Sequence sequence, long number);

  /** No number above this was ever given; empty if that is not known (the marks were lost). */
  OptionalLong mark(Sequence sequence);

  /** Who draws numbers. */
  enum Sequence {
    TENANTS(16),
    /** Devices and all other managed objects. */
    OBJECTS(1_000);

    private final int block;

    Sequence(int block) {
      this.block = block;
    }

    /** How far ahead of a number its mark is set. */
    int block() {
      return block;
    }
  }
}
