package io.sallyport.mqtt.store;

/** Why a batch was not stored, or rows could not be read. Its text holds no content. */
public final class SessionStoreException extends RuntimeException {
  /** What an engine may have to tell apart. */
  public enum Reason {
    /** More waits than the store takes; nobody asked {@link SessionStore#accepting}. */
    BUSY,
    /** There is no space. */
    FULL,
    /** The store can't write or read at present. */
    FAILED,
    /** Stored data is damaged or was changed. */
    CORRUPT,
    /** The scope is being deleted: what it stored can't be read or added to any more. */
    GONE,
    /** The batch itself can't be stored, whenever it is tried. */
    UNSTORABLE,
    /** The store has been closed. */
    STOPPING
  }

  private final Reason reason;

  public SessionStoreException(Reason reason, String text) {
    super(reason + ": " + text);
    this.reason = reason;
  }

  public SessionStoreException(Reason reason, String text, Throwable cause) {
    super(reason + ": " + text, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
