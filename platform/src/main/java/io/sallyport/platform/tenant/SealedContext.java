package io.sallyport.platform.tenant;

/**
 * What a sealed value is bound to, as additional authenticated data: a value moved to another place
 * does not open. Format version, key id and sequence are added by the cipher.
 *
 * @param storeKind which store holds the value, one of the constants here
 * @param deviceNumber the device's internal number, or that of the session; 0 where there is
 *     neither
 * @param timeMillis the record's time, ms since 1970
 */
public record SealedContext(byte storeKind, int tenantNumber, long deviceNumber, long timeMillis) {
  public static final byte EVENT_LOG = 1;
  public static final byte COMMAND = 2;
  public static final byte LAST_EVENT = 3;
  public static final byte RETAINED = 4;
  public static final byte SECRET = 5;
  public static final byte QUEUED_MESSAGE = 6;
  public static final byte MESSAGE_BODY = 7;
  public static final byte WILL = 8;
}
