package io.sallyport.simulator.access;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT listener to connect to.
 *
 * @param encrypted TLS with full name check, or plain TCP
 * @param caFile the trusted CA in PEM; null means the JVM's own trust store
 */
public record Endpoint(String host, int port, boolean encrypted, @Nullable Path caFile) {
  public Endpoint {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }

  /** A listener over TLS. */
  public static Endpoint tls(String host, int port, @Nullable Path caFile) {
    return new Endpoint(host, port, true, caFile);
  }

  /** A plain listener. */
  public static Endpoint plain(String host, int port) {
    return new Endpoint(host, port, false, null);
  }
}
