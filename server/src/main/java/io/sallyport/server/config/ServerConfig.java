package io.sallyport.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything an operator may set, with the defaults. Ports written in a file are taken as they
 * stand; {@code --port-offset} shifts the default ones only.
 *
 * @param domain name of the installation: the server certificate covers it, {@code *.} it and
 *     {@code *.messaging.} it
 * @param bind addresses to listen on; empty: all
 */
public record ServerConfig(
    String domain,
    List<String> bind,
    Ports ports,
    Https https,
    Registry registry,
    Limits limits,
    BackupTarget backup,
    Audit audit,
    Optional<Path> masterKeyFile,
    boolean openApi,
    boolean jsonLogs) {

  /**
   * Ports of the listeners; empty switches one off.
   *
   * @param mqtts MQTT and Watson's messaging API over TLS
   * @param https all protocols over TLS
   * @param mqtt plain MQTT, off by default
   * @param http plain HTTP, off by default
   */
  public record Ports(
      Optional<Integer> mqtts,
      Optional<Integer> https,
      Optional<Integer> mqtt,
      Optional<Integer> http) {}

  /**
   * The HTTPS listener.
   *
   * @param clientCertificates whether it asks for client certificates (browsers would prompt)
   */
  public record Https(boolean clientCertificates) {}

  /** Where the system of record is. */
  public sealed interface Registry {
    /** A SQLite file in the data folder. */
    record Sqlite() implements Registry {}

    /**
     * PostgreSQL, with TLS and full name check unless by loopback.
     *
     * @param url {@code jdbc:postgresql://host:port/database}
     * @param passwordFile file with the password; else the environment's {@code
     *     SALLYPORT_REGISTRY_PASSWORD}
     * @param rootCertificate PEM file of the CA that signed the database's certificate
     */
    record Postgresql(
        String url, String user, Optional<Path> passwordFile, Optional<Path> rootCertificate)
        implements Registry {}
  }

  /**
   * What bounds clients and work.
   *
   * @param connectionsPerListener sockets open at one listener
   * @param connectionsPerListenerBeforeLogin sockets that are still to show what they speak, and
   *     again, MQTT connections that are still to log in
   * @param connectionsPerAddressBeforeLogin the same, from one address
   * @param httpConnectionsPerListener HTTP connections, whoever is logged in on them
   * @param httpConnectionsPerAddress the same, from one address
   * @param deviceInFlight unacknowledged messages from one device, to one device and to one gateway
   * @param gatewayInFlight the same from one gateway
   * @param applicationInFlight the same for an application
   * @param queuedMessages messages waiting per session
   * @param queuedBytes their payload bytes
   * @param ingestEvents events waiting for the log
   * @param ingestBytes their payload bytes
   * @param storageFreeBytes space that events leave free on the data folder's volume
   * @param commandWait how long a command waits for an offline device
   * @param sessionExpiry how long a session with clean session 0 outlives its connection
   */
  public record Limits(
      int connectionsPerListener,
      int connectionsPerListenerBeforeLogin,
      int connectionsPerAddressBeforeLogin,
      int httpConnectionsPerListener,
      int httpConnectionsPerAddress,
      int deviceInFlight,
      int gatewayInFlight,
      int applicationInFlight,
      int queuedMessages,
      long queuedBytes,
      int ingestEvents,
      long ingestBytes,
      long storageFreeBytes,
      Duration commandWait,
      Duration sessionExpiry) {
    public static final Limits DEFAULT =
        new Limits(
            200_000,
            1_000,
            256,
            4_096,
            256,
            100,
            1_000,
            2_000,
            5_000,
            8L << 20,
            50_000,
            64L << 20,
            256L << 20,
            Duration.ofDays(2),
            Duration.ofDays(2));
  }

  /**
   * Where backups that are asked for by REST go.
   *
   * @param folder made when it is missing
   * @param passphraseFile file whose first line is the passphrase they are encrypted to
   */
  public record BackupTarget(Optional<Path> folder, Optional<Path> passphraseFile) {}

  /**
   * Where the audit's checkpoints go besides the key folder (THREATS T46).
   *
   * @param checkpointFile best on another mount; outside the data folder and the key folder
   */
  public record Audit(Optional<Path> checkpointFile) {}

  public static final int MQTTS_PORT = 8883;
  public static final int HTTPS_PORT = 8443;

  /** All defaults, with the default ports shifted. */
  public static ServerConfig defaults(int portOffset) {
    return new ServerConfig(
        "localhost",
        List.of(),
        new Ports(
            Optional.of(MQTTS_PORT + portOffset),
            Optional.of(HTTPS_PORT + portOffset),
            Optional.empty(),
            Optional.empty()),
        new Https(false),
        new Registry.Sqlite(),
        Limits.DEFAULT,
        new BackupTarget(Optional.empty(), Optional.empty()),
        new Audit(Optional.empty()),
        Optional.empty(),
        false,
        false);
  }

  /**
   * Reads the file over the defaults.
   *
   * @throws ConfigurationProblem naming file, line and key
   */
  public static ServerConfig read(Path file, int portOffset) {
    ServerConfig defaults = defaults(portOffset);
    Path folder = file.toAbsolutePath().resolveSibling("");
    return YamlReader.of(file).map(root -> read(root, folder, defaults)).orElse(defaults);
  }

  private static ServerConfig read(YamlReader root, Path folder, ServerConfig defaults) {
    Map<String, YamlReader> top =
        root.members(
            Set.of(
                "domain",
                "bind",
                "ports",
                "https",
                "registry",
                "limits",
                "backup",
                "audit",
                "master-key-file",
                "openapi",
                "log"));
    return new ServerConfig(
        member(top, "domain").map(ServerConfig::domain).orElse(defaults.domain),
        member(top, "bind")
            .map(list -> list.items().stream().map(YamlReader::text).toList())
            .orElse(defaults.bind),
        member(top, "ports").map(ports -> ports(ports, defaults.ports)).orElse(defaults.ports),
        member(top, "https").map(ServerConfig::https).orElse(defaults.https),
        member(top, "registry").map(r -> registry(r, folder)).orElse(defaults.registry),
        member(top, "limits").map(ServerConfig::limits).orElse(defaults.limits),
        member(top, "backup").map(b -> backup(b, folder)).orElse(defaults.backup),
        member(top, "audit").map(a -> audit(a, folder)).orElse(defaults.audit),
        member(top, "master-key-file").map(value -> folder.resolve(value.text())),
        member(top, "openapi").map(YamlReader::bool).orElse(defaults.openApi),
        member(top, "log").map(ServerConfig::jsonLogs).orElse(defaults.jsonLogs));
  }

  /** This, with the domain and addresses that the command line names. */
  public ServerConfig with(Optional<String> domainOption, List<String> bindOption) {
    return new ServerConfig(
        domainOption.orElse(domain),
        bindOption.isEmpty() ? bind : List.copyOf(bindOption),
        ports,
        https,
        registry,
        limits,
        backup,
        audit,
        masterKeyFile,
        openApi,
        jsonLogs);
  }

  /** This, with no door but HTTPS on a loopback port that the system chooses. */
  public ServerConfig onlyLoopbackHttps() {
    return new ServerConfig(
        domain,
        List.of("127.0.0.1"),
        new Ports(Optional.empty(), Optional.of(0), Optional.empty(), Optional.empty()),
        https,
        registry,
        limits,
        backup,
        audit,
        masterKeyFile,
        openApi,
        jsonLogs);
  }

  private static Optional<YamlReader> member(Map<String, YamlReader> members, String name) {
    return Optional.ofNullable(members.get(name));
  }

  private static String domain(YamlReader value) {
    String text = value.text();
    if (!text.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,200}[A-Za-z0-9])?")) {
      throw value.problem("must be a host name");
    }
    return text;
  }

  private static Ports ports(YamlReader value, Ports defaults) {
    Map<String, YamlReader> members = value.members(Set.of("mqtts", "https", "mqtt", "http"));
    return new Ports(
        port(members, "mqtts", defaults.mqtts),
        port(members, "https", defaults.https),
        port(members, "mqtt", defaults.mqtt),
        port(members, "http", defaults.http));
  }

  private static Optional<Integer> port(
      Map<String, YamlReader> members, String name, Optional<Integer> otherwise) {
    YamlReader value = members.get(name);
    if (value == null) {
      return otherwise;
    }
    return value.text().equals("off") ? Optional.empty() : Optional.of(value.integer(0, 65_535));
  }

  private static Https https(YamlReader value) {
    Map<String, YamlReader> members = value.members(Set.of("client-certificates"));
    return new Https(member(members, "client-certificates").map(YamlReader::bool).orElse(false));
  }

  private static boolean jsonLogs(YamlReader value) {
    YamlReader format = value.members(Set.of("format")).get("format");
    if (format == null) {
      return false;
    }
    return switch (format.text()) {
      case "text" -> false;
      case "json" -> true;
      default -> throw format.problem("must be text or json");
    };
  }

  private static BackupTarget backup(YamlReader value, Path folder) {
    Map<String, YamlReader> members = value.members(Set.of("folder", "passphrase-file"));
    return new BackupTarget(
        member(members, "folder").map(file -> folder.resolve(file.text())),
        member(members, "passphrase-file").map(file -> folder.resolve(file.text())));
  }

  private static Audit audit(YamlReader value, Path folder) {
    Map<String, YamlReader> members = value.members(Set.of("checkpoint-file"));
    return new Audit(member(members, "checkpoint-file").map(file -> folder.resolve(file.text())));
  }

  private static Registry registry(YamlReader value, Path folder) {
    Map<String, YamlReader> members =
        value.members(Set.of("kind", "url", "user", "password-file", "root-certificate"));
    YamlReader kind = members.get("kind");
    if (kind == null || kind.text().equals("sqlite")) {
      return new Registry.Sqlite();
    }
    if (!kind.text().equals("postgresql")) {
      throw kind.problem("must be sqlite or postgresql");
    }
    YamlReader url = members.get("url");
    YamlReader user = members.get("user");
    if (url == null || user == null) {
      throw value.problem("of kind postgresql needs url and user");
    }
    if (!url.text().startsWith("jdbc:postgresql://") || url.text().contains("?")) {
      throw url.problem("must be jdbc:postgresql://host:port/database, without parameters");
    }
    return new Registry.Postgresql(
        url.text(),
        user.text(),
        member(members, "password-file").map(file -> folder.resolve(file.text())),
        member(members, "root-certificate").map(file -> folder.resolve(file.text())));
  }

  private static Limits limits(YamlReader value) {
    Map<String, YamlReader> m =
        value.members(
            Set.of(
                "connections-per-listener",
                "connections-per-listener-before-login",
                "connections-per-address-before-login",
                "http-connections-per-listener",
                "http-connections-per-address",
                "device-in-flight",
                "gateway-in-flight",
                "application-in-flight",
                "queued-messages",
                "queued-bytes",
                "ingest-events",
                "ingest-bytes",
                "storage-free-bytes",
                "command-wait",
                "session-expiry"));
    Limits d = Limits.DEFAULT;
    return new Limits(
        count(m, "connections-per-listener", 10_000_000, d.connectionsPerListener),
        count(
            m,
            "connections-per-listener-before-login",
            100_000,
            d.connectionsPerListenerBeforeLogin),
        count(
            m, "connections-per-address-before-login", 100_000, d.connectionsPerAddressBeforeLogin),
        count(m, "http-connections-per-listener", 1_000_000, d.httpConnectionsPerListener),
        count(m, "http-connections-per-address", 1_000_000, d.httpConnectionsPerAddress),
        count(m, "device-in-flight", 65_535, d.deviceInFlight),
        count(m, "gateway-in-flight", 65_535, d.gatewayInFlight),
        count(m, "application-in-flight", 65_535, d.applicationInFlight),
        count(m, "queued-messages", 1_000_000, d.queuedMessages),
        member(m, "queued-bytes").map(YamlReader::bytes).orElse(d.queuedBytes),
        count(m, "ingest-events", 10_000_000, d.ingestEvents),
        member(m, "ingest-bytes").map(YamlReader::bytes).orElse(d.ingestBytes),
        member(m, "storage-free-bytes").map(YamlReader::bytes).orElse(d.storageFreeBytes),
        member(m, "command-wait").map(YamlReader::duration).orElse(d.commandWait),
        member(m, "session-expiry").map(YamlReader::duration).orElse(d.sessionExpiry));
  }

  private static int count(Map<String, YamlReader> members, String name, int max, int otherwise) {
    return member(members, name).map(value -> value.integer(1, max)).orElse(otherwise);
  }
}
