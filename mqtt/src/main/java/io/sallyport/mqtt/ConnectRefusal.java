package io.sallyport.mqtt;

/** Why a CONNECT is refused; the engine writes the version's return or reason code. */
public enum ConnectRefusal {
  UNSUPPORTED_VERSION(1, 0x84),
  CLIENT_ID_NOT_VALID(2, 0x85),
  SERVER_UNAVAILABLE(3, 0x88),
  BAD_USER_NAME_OR_PASSWORD(4, 0x86),
  NOT_AUTHORIZED(5, 0x87);

  private final int returnCode;
  private final int reasonCode;

  ConnectRefusal(int returnCode, int reasonCode) {
    this.returnCode = returnCode;
    this.reasonCode = reasonCode;
  }

  /** CONNACK return code of 3.1 and 3.1.1. */
  public int returnCode() {
    return returnCode;
  }

  /** CONNACK reason code of 5. */
  public int reasonCode() {
    return reasonCode;
  }
}
