package io.sallyport.platform.device;

import io.sallyport.platform.identity.Principal;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request among the live connections (THREATS T31): a revocation cuts the connection on
 * which it came. Whoever lets it in asks {@link #holds} after it was registered, and again when its
 * body is whole and before anything is done for it. Thread-safe.
 */
public final class LiveRequest implements LiveConnection, AutoCloseable {
  private final Principal principal;
  private final BooleanSupplier unchanged;
  private final @Nullable RequestConnection connection;
  private LiveConnections.@Nullable Registration ownPlace;

  /** Null when the request is over. */
  private volatile @Nullable Thread working = Thread.currentThread();

  private volatile boolean revoked;

  private LiveRequest(
      Principal principal, BooleanSupplier unchanged, @Nullable RequestConnection connection) {
    this.principal = principal;
    this.unchanged = unchanged;
    this.connection = connection;
  }

  /**
   * Registers a request; to be called by the thread that works for it.
   *
   * @param unchanged whether the versions that the login rests on are still the same
   * @param connection the value of {@link RequestConnection#ATTRIBUTE}; where there is none, as
   *     behind another door than the front, a revocation is seen by {@link #holds} only
   */
  public static LiveRequest begin(
      LiveConnections live,
      Principal principal,
      BooleanSupplier unchanged,
      @Nullable Object connection) {
    if (connection instanceof RequestConnection on) {
      LiveRequest request = new LiveRequest(principal, unchanged, on);
      on.occupy(live.register(request));
      return request;
    }
    LiveRequest request = new LiveRequest(principal, unchanged, null);
    request.ownPlace = live.register(request);
    return request;
  }

  /** Whether the credential still is what the request was let in with. Blocks. */
  public boolean holds() {
    return !revoked && unchanged.getAsBoolean();
  }

  @Override
  public Principal principal() {
    return principal;
  }

  /** A request is no connection of a device that anybody could send something to. */
  @Override
  public Optional<ConnectionDetails> details() {
    return Optional.empty();
  }

  @Override
  public void closeRevoked() {
    revoked = true;
    // Who takes the own credential away is still told that it is done.
    if (connection != null && !Thread.currentThread().equals(working)) {
      connection.cut();
    }
  }

  /** The request is over; its connection still rests on its credential. */
  @Override
  public void close() {
    working = null;
    if (ownPlace != null) {
      ownPlace.close();
    }
  }
}
