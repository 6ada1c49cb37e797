package io.sallyport.server.wiring;

import io.sallyport.platform.base.Secret;

/** A credential that is taken away again by {@link #close}. */
public record LocalAccess(String key, Secret token, Runnable revoke) implements AutoCloseable {
  @Override
  public void close() {
    revoke.run();
  }
}
