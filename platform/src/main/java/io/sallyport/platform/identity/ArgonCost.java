package io.sallyport.platform.identity;

/** What one Argon2id hash costs. */
public record ArgonCost(int memoryKib, int passes, int lanes) {
  /** 19 MiB, two passes, one lane: about 20 ms. */
  public static final ArgonCost DEFAULT = new ArgonCost(19 * 1024, 2, 1);

  public ArgonCost {
    if (lanes < 1 || passes < 1 || memoryKib < 8 * lanes) {
      throw new IllegalArgumentException("Argon2 needs at least 8 KiB per lane and one pass");
    }
  }
}
