package io.sallyport.platform.tenant;

/** What a sealed stream holds; one kind never opens as another. */
public enum SealedPurpose {
  BACKUP((byte) 1),
  ESCROW((byte) 2);

  private final byte code;

  SealedPurpose(byte code) {
    this.code = code;
  }

  byte code() {
    return code;
  }
}
