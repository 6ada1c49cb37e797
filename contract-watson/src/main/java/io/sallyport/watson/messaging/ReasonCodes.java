package io.sallyport.watson.messaging;

/** MQTT 5 reason codes that this contract gives; 3.x clients see 0x80 or an acknowledgement. */
final class ReasonCodes {
  /** MQTT 5 §2.4. */
  static final int NOT_AUTHORIZED = 0x87;

  static final int QUOTA_EXCEEDED = 0x97;

  private ReasonCodes() {}
}
