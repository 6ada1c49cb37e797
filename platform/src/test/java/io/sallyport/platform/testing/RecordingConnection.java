package io.sallyport.platform.testing;

import io.sallyport.platform.device.LiveConnection;
import io.sallyport.platform.identity.Principal;

/** A live connection that notes whether it was closed. */
public final class RecordingConnection implements LiveConnection {
  private final Principal principal;
  private volatile boolean closed;

  public RecordingConnection(Principal principal) {
    this.principal = principal;
  }

  public boolean closed() {
    return closed;
  }

  @Override
  public Principal principal() {
    return principal;
  }

  @Override
  public void closeRevoked() {
    closed = true;
  }
}
