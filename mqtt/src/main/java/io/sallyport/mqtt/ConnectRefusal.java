package io.sallyport.mqtt;

/** Why a CONNECT is refused; the engine writes the version's return or reason code. */
public enum ConnectRefusal {
  UNSUPPORTED_VERSION(1, ReasonCode.UNSUPPORTED_PROTOCOL_VERSION),
  CLIENT_ID_NOT_VALID(2, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID),
  SERVER_UNAVAILABLE(3, ReasonCode.SERVER_UNAVAILABLE),
  BAD_USER_NAME_OR_PASSWORD(4, ReasonCode.BAD_USER_NAME_OR_PASSWORD),
  NOT_AUTHORIZED(5, ReasonCode.NOT_AUTHORIZED),
  /** The owner or the scope has as many sessions as it may. */
  QUOTA_EXCEEDED(3, ReasonCode.QUOTA_EXCEEDED),
  /** Enhanced authentication is not offered, MQTT 5 §4.12. */
  AUTHENTICATION_METHOD(5, ReasonCode.BAD_AUTHENTICATION_METHOD),
  /** The will says it is UTF-8 and is not. */
  WILL_PAYLOAD_FORMAT(5, ReasonCode.PAYLOAD_FORMAT_INVALID),
  /** The will is to be retained where nothing is [v5:MQTT-3.2.2-13]. */
  WILL_RETAIN(5, ReasonCode.RETAIN_NOT_SUPPORTED),
  /** The will's QoS is above what is offered [v5:MQTT-3.2.2-12]. */
  WILL_QOS(5, ReasonCode.QOS_NOT_SUPPORTED);

  private final int returnCode;
  private final ReasonCode reason;

  ConnectRefusal(int returnCode, ReasonCode reason) {
    this.returnCode = returnCode;
    this.reason = reason;
  }

  /** CONNACK return code of 3.1 and 3.1.1. */
  public int returnCode() {
    return returnCode;
  }

  /** CONNACK reason code of 5. */
  public int reasonCode() {
    return reason.code();
  }
}
