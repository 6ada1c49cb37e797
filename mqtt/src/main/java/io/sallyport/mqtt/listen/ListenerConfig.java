package io.sallyport.mqtt.listen;

import java.util.List;

/**
 * One listener.
 *
 * @param name its name in logs, metrics and {@code ConnectionInfo}, e.g. {@code mqtts}
 * @param hosts addresses to bind, all with the same port; {@code "*"} means all addresses
 * @param port 0 lets the system choose; {@link Front#listeners()} tells the actual one
 * @param portOption what a person would change if the port is taken, for the error text
 * @param mqtt whether MQTT is let through
 * @param backlog length of the kernel's accept queue
 * @param connectionsMax open connections; newcomers above it are closed at once
 * @param pendingMax connections that have not yet shown what they speak; newcomers above it are
 *     closed at once
 */
public record ListenerConfig(
    String name,
    List<String> hosts,
    int port,
    String portOption,
    Encryption encryption,
    boolean mqtt,
    HttpPolicy http,
    int backlog,
    int connectionsMax,
    int pendingMax) {

  /** How the bytes of a listener are protected. */
  public enum Encryption {
    PLAIN,
    /** TLS that asks for no client certificate, as browsers like it. */
    TLS,
    /** TLS that asks for a client certificate, requires none, and names no CA. */
    TLS_ASKING_CERTIFICATE
  }

  public static final int BACKLOG_DEFAULT = 1024;
  public static final int CONNECTIONS_MAX_DEFAULT = 200_000;
  public static final int PENDING_MAX_DEFAULT = 10_000;

  public ListenerConfig {
    hosts = List.copyOf(hosts);
    if (name.isBlank() || portOption.isBlank()) {
      throw new IllegalArgumentException("a listener needs a name and a port option");
    }
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("listener " + name + " has no address to bind");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "listener " + name + ": port " + port + " is not 0..65535");
    }
    if (!mqtt && http == HttpPolicy.NONE) {
      throw new IllegalArgumentException("listener " + name + " lets nothing through");
    }
    if (backlog < 1 || connectionsMax < 1 || pendingMax < 1) {
      throw new IllegalArgumentException("listener " + name + ": limits must be positive");
    }
  }

  /** A listener with the default limits. */
  public static ListenerConfig of(
      String name,
      List<String> hosts,
      int port,
      String portOption,
      Encryption encryption,
      boolean mqtt,
      HttpPolicy http) {
    return new ListenerConfig(
        name,
        hosts,
        port,
        portOption,
        encryption,
        mqtt,
        http,
        BACKLOG_DEFAULT,
        CONNECTIONS_MAX_DEFAULT,
        PENDING_MAX_DEFAULT);
  }
}
