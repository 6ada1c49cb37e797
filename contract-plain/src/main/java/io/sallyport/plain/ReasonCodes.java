package io.sallyport.plain;

/** MQTT 5 reason codes (§2.4) that this contract gives. */
final class ReasonCodes {
  static final int NOT_AUTHORIZED = 0x87;
  static final int QUOTA_EXCEEDED = 0x97;

  private ReasonCodes() {}
}
