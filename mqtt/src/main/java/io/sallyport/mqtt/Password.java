package io.sallyport.mqtt;

/** The password field of a CONNECT. Does not print. */
public final class Password {
  private final byte[] bytes;

  public Password(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /** The field in the clear. */
  public byte[] revealBytes() {
    return bytes.clone();
  }

  @Override
  public String toString() {
    return "Password[hidden]";
  }
}
