package io.sallyport.mqtt.listen;

import java.util.List;
import java.util.Set;

/**
 * One listener.
 *
 * @param name its name in logs, metrics and {@code ConnectionInfo}, e.g. {@code mqtts}
 * @param hosts addresses to bind, all with the same port; {@code "*"} means all addresses
 * @param port 0 lets the system choose; {@link Front#listeners()} tells the actual one
 * @param portOption what a person would change if the port is taken, for the error text
 * @param mqtt whether MQTT is let through
 * @param backlog length of the kernel's accept queue
 * @param limits how many connections it bears
 * @param origins besides its own, from which pages may open a WebSocket, e.g. {@code
 *     https://console.example.org}, in lower case; {@code *} lets all. Programs send no origin
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
    Limits limits,
    Set<String> origins) {

  /** How the bytes of a listener are protected. */
  public enum Encryption {
    PLAIN,
    /** TLS that asks for no client certificate, as browsers like it. */
    TLS,
    /** TLS that asks for a client certificate, requires none, and names no CA. */
    TLS_ASKING_CERTIFICATE
  }

  /**
   * How many connections a listener bears. An address is an IPv4 address or an IPv6 /64. Above
   * {@code connectionsMax} newcomers are closed; above the others, the connection that has been
   * quiet for longest gives way, of the newcomer's address if that has its share, else of the
   * address that has most (THREATS T21).
   *
   * @param connectionsMax open connections
   * @param pendingMax connections that have not yet shown what they speak, TLS handshakes included
   * @param pendingPerAddressMax those of one address
   * @param httpMax HTTP connections, whoever is logged in on them
   * @param httpPerAddressMax those of one address
   */
  public record Limits(
      int connectionsMax,
      int pendingMax,
      int pendingPerAddressMax,
      int httpMax,
      int httpPerAddressMax) {

    public static final Limits DEFAULT = new Limits(200_000, 1_000, 256, 4_096, 256);

    public Limits {
      if (connectionsMax < 1
          || pendingMax < 1
          || pendingPerAddressMax < 1
          || httpMax < 1
          || httpPerAddressMax < 1) {
        throw new IllegalArgumentException("limits of connections must be positive");
      }
    }
  }

  public static final int BACKLOG_DEFAULT = 1024;

  public ListenerConfig {
    hosts = List.copyOf(hosts);
    origins = Set.copyOf(origins);
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
    if (backlog < 1) {
      throw new IllegalArgumentException("listener " + name + ": the backlog must be positive");
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
        Limits.DEFAULT,
        Set.of());
  }

  /** The same with other limits. */
  public ListenerConfig with(Limits others) {
    return new ListenerConfig(
        name, hosts, port, portOption, encryption, mqtt, http, backlog, others, origins);
  }

  /** The same, open to pages of these origins. */
  public ListenerConfig withOrigins(Set<String> others) {
    return new ListenerConfig(
        name, hosts, port, portOption, encryption, mqtt, http, backlog, limits, others);
  }
}
