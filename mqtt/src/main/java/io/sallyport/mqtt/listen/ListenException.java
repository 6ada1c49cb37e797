package io.sallyport.mqtt.listen;

/**
 * A listener could not start. The message is meant for the person at the terminal: it names the
 * address, the reason and what to change.
 */
public final class ListenException extends RuntimeException {
  ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
