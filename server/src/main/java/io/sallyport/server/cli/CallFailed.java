package io.sallyport.server.cli;

/** A call to the platform was refused or did not get through. */
final class CallFailed extends RuntimeException {
  CallFailed(String message) {
    super(message);
  }

  CallFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
