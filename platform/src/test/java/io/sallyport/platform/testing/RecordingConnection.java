package io.sallyport.platform.testing;

import io.sallyport.platform.device.ConnectionDetails;
import io.sallyport.platform.device.LiveConnection;
import io.sallyport.platform.identity.Principal;
import java.util.Optional;

/** A live connection that notes whether it was closed. */
public final class RecordingConnection implements LiveConnection {
  private final Principal principal;
  private final Optional<ConnectionDetails> details;
  private volatile boolean closed;

  public RecordingConnection(Principal principal) {
    this(principal, Optional.empty());
  }

  public RecordingConnection(Principal principal, Optional<ConnectionDetails> details) {
    this.principal = principal;
    this.details = details;
  }

  @Override
  public Optional<ConnectionDetails> details() {
    return details;
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
