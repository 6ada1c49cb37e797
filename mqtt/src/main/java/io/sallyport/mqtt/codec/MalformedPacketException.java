package io.sallyport.mqtt.codec;

/** Carries a cause from a field to {@link PacketDecoder}; never leaves this package. */
final class MalformedPacketException extends Exception {
  private static final long serialVersionUID = 1L;

  private final MalformedCause malformed;

  MalformedPacketException(MalformedCause malformed) {
    // No stack trace: strangers choose how often this happens.
    super(malformed.label(), null, false, false);
    this.malformed = malformed;
  }

  MalformedCause malformed() {
    return malformed;
  }
}
