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
 * @param tls how TLS is made, where there is any
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
    Set<String> origins,
    Tls tls) {

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

  /**
   * How a listener's TLS is made.
   *
   * @param provider who makes it
   * @param recordBytesMax content of the largest record that carries data to a client, 512 to
   *     16,384; small ones are for clients with little memory
   */
  public record Tls(Provider provider, int recordBytesMax) {
    /** Who makes TLS. */
    public enum Provider {
      /** BoringSSL where it loads, else the JDK. */
      BEST,
      /**
       * The JDK, which unlike BoringSSL answers the maximum-fragment-length extension (RFC 6066 §4)
       * and follows the client's order of suites in TLS 1.3; slower, and without post-quantum key
       * exchange.
       */
      JDK
    }

    public static final int RECORD_BYTES = 16 * 1024;
    public static final Tls DEFAULT = new Tls(Provider.BEST, RECORD_BYTES);

    public Tls {
      if (recordBytesMax < 512 || recordBytesMax > RECORD_BYTES) {
        throw new IllegalArgumentException("TLS records hold 512 to 16384 bytes");
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
        Set.of(),
        Tls.DEFAULT);
  }

  /** The same with other limits. */
  public ListenerConfig with(Limits others) {
    return new ListenerConfig(
        name, hosts, port, portOption, encryption, mqtt, http, backlog, others, origins, tls);
  }

  /** The same, open to pages of these origins. */
  public ListenerConfig withOrigins(Set<String> others) {
    return new ListenerConfig(
        name, hosts, port, portOption, encryption, mqtt, http, backlog, limits, others, tls);
  }

  /** The same with TLS made otherwise. */
  public ListenerConfig with(Tls other) {
    return new ListenerConfig(
        name, hosts, port, portOption, encryption, mqtt, http, backlog, limits, origins, other);
  }
}
