package io.sallyport.server.endtoend;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.server.SallyportServer;
import io.sallyport.server.config.BootstrapFile;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.DataFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A platform on loopback ports of the system's choice, and what its clients need. */
final class RunningServer implements AutoCloseable {
  /** Two organizations that know nothing of each other. */
  static final String BOOTSTRAP =
      """
      tenants:
        - id: acme01
          name: Acme
          apiKeys:
            - { key: a-acme01-abcdefghij, token: "acme-application-token", roles: [PD_STANDARD_APP] }
            - { key: a-acme01-adminadmin, token: "acme-administrator-token", roles: [administrator] }
            - { key: a-acme01-visualonly, token: "acme-visualization-token", roles: [PD_VISUALIZATION_APP] }
          deviceTypes:
            - { id: pump, class: Device }
            - { id: hub, class: Gateway }
          devices:
            - { type: pump, id: p1, token: "token-of-pump-one" }
            - { type: pump, id: p2, token: "token-of-pump-two" }
            - { type: hub, id: h1, token: "token-of-hub-one" }
        - id: zeta02
          name: Zeta
          apiKeys:
            - { key: a-zeta02-abcdefghij, token: "zeta-application-token", roles: [PD_STANDARD_APP] }
            - { key: a-zeta02-adminadmin, token: "zeta-administrator-token", roles: [administrator] }
          deviceTypes:
            - { id: pump, class: Device }
          devices:
            - { type: pump, id: p1, token: "token-of-zetas-pump" }
      """;

  static final String APP_KEY = "a-acme01-abcdefghij";
  static final String APP_TOKEN = "acme-application-token";
  static final String ADMIN_KEY = "a-acme01-adminadmin";
  static final String ADMIN_TOKEN = "acme-administrator-token";
  static final String ZETA_KEY = "a-zeta02-abcdefghij";
  static final String ZETA_TOKEN = "zeta-application-token";

  private final Path folder;
  private final String config;
  private final String bootstrap;
  private final StringWriter output = new StringWriter();
  private DataFolder data;
  private SallyportServer server;

  private RunningServer(Path folder, String config, String bootstrap) {
    this.folder = folder;
    this.config = config;
    this.bootstrap = bootstrap;
    this.data = DataFolder.open(folder.resolve("data"));
    try {
      this.server = open();
    } catch (RuntimeException refused) {
      data.close();
      throw refused;
    }
  }

  static RunningServer in(Path folder) {
    return new RunningServer(folder, "", BOOTSTRAP);
  }

  /**
   * @param config more lines of the configuration file, without {@code ports} and {@code bind}
   */
  static RunningServer in(Path folder, String config) {
    return new RunningServer(folder, config, BOOTSTRAP);
  }

  /**
   * @param bootstrap the bootstrap file instead of {@link #BOOTSTRAP}
   */
  static RunningServer bootstrapped(Path folder, String config, String bootstrap) {
    return new RunningServer(folder, config, bootstrap);
  }

  private SallyportServer open() {
    try {
      Path bootstrapFile = Files.writeString(folder.resolve("bootstrap.yaml"), bootstrap);
      Path file =
          Files.writeString(
              folder.resolve("sallyport.yaml"),
              "ports: { mqtts: 0, https: 0 }\nbind: [127.0.0.1]\n" + config);
      return SallyportServer.start(
          ServerConfig.read(file, 0),
          data,
          Optional.of(BootstrapFile.read(bootstrapFile)),
          new PrintWriter(output, true));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops and starts again on the same data. */
  void restart() {
    stop();
    start();
  }

  void stop() {
    server.close();
    data.close();
  }

  void start() {
    data = DataFolder.open(folder.resolve("data"));
    server = open();
  }

  SallyportServer server() {
    return server;
  }

  DataFolder data() {
    return data;
  }

  String output() {
    return output.toString();
  }

  int mqtts() {
    return server.port("mqtts");
  }

  int https() {
    return server.port("https");
  }

  SSLContext trust() {
    return trust(data.caFile());
  }

  /** TLS that trusts the installation CA of this file and nothing else. */
  static SSLContext trust(Path caFile) {
    try (InputStream pem = Files.newInputStream(caFile)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  SSLSocketFactory sockets() {
    return trust().getSocketFactory();
  }

  Path caFile() {
    return data.caFile();
  }

  /** A TLS connection without SNI, handshake done. */
  Socket socket(int port) {
    try {
      SSLSocket socket = (SSLSocket) sockets().createSocket("127.0.0.1", port);
      socket.setSoTimeout(20_000);
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A TLS connection that names that host. */
  Socket socket(int port, String sni) {
    try {
      Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
      SSLSocket socket = (SSLSocket) sockets().createSocket(plain, sni, port, true);
      socket.setSoTimeout(20_000);
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client that knows no rules, over TLS, before its CONNECT. */
  RawMqttClient raw() {
    return new RawMqttClient(socket(mqtts()));
  }

  MqttClient paho(String clientId) throws MqttException {
    MqttClient client =
        new MqttClient("ssl://localhost:" + mqtts(), clientId, new MemoryPersistence());
    client.setTimeToWait(10_000);
    return client;
  }

  MqttConnectOptions login(String user, String password) {
    return login(trust(), user, password);
  }

  static MqttConnectOptions login(SSLContext trust, String user, String password) {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setUserName(user);
    options.setPassword(password.toCharArray());
    options.setSocketFactory(trust.getSocketFactory());
    options.setConnectionTimeout(10);
    return options;
  }

  /** A connected device of the first organization. */
  MqttClient device(String id, String token) throws MqttException {
    MqttClient client = paho("d:acme01:pump:" + id);
    client.connect(login("use-token-auth", token));
    return client;
  }

  /** A connected application of the first organization. */
  MqttClient application(String appId) throws MqttException {
    MqttClient client = paho("a:acme01:" + appId);
    client.connect(login(APP_KEY, APP_TOKEN));
    return client;
  }

  Rest rest(String user, String password) {
    return new Rest(trust(), this::https, user, password);
  }

  Rest app() {
    return rest(APP_KEY, APP_TOKEN);
  }

  Rest admin() {
    return rest(ADMIN_KEY, ADMIN_TOKEN);
  }

  /** The operator made at the first start, from the file it was written to. */
  Rest operator() throws IOException {
    Map<String, String> key = operatorKey(data.keys());
    return rest(key.getOrDefault("SALLYPORT_KEY", ""), key.getOrDefault("SALLYPORT_TOKEN", ""));
  }

  /** What the first start wrote into the key folder: {@code SALLYPORT_KEY}, {@code …_TOKEN}. */
  static Map<String, String> operatorKey(Path keys) throws IOException {
    Map<String, String> lines = new HashMap<>();
    for (String line : Files.readAllLines(keys.resolve("first-operator-key"))) {
      int equals = line.indexOf('=');
      lines.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return lines;
  }

  /** HTTPS as one principal. */
  static final class Rest {
    private final JsonMapper json = JsonMapper.builder().build();
    private final IntSupplier https;
    private final String authorization;
    private final HttpClient client;

    Rest(SSLContext trust, IntSupplier https, String user, String password) {
      this.https = https;
      this.authorization =
          "Basic "
              + Base64.getEncoder()
                  .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
      this.client =
          HttpClient.newBuilder()
              .sslContext(trust)
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(Duration.ofSeconds(10))
              .build();
    }

    HttpResponse<String> send(String method, String path, String body) {
      return sendTo(https.getAsInt(), method, path, body);
    }

    HttpResponse<String> sendTo(int port, String method, String path, String body) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
              .timeout(Duration.ofSeconds(20))
              .header("Authorization", authorization)
              .header("Content-Type", "application/json")
              .method(
                  method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
              .build();
      try {
        return client.send(request, BodyHandlers.ofString());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    HttpResponse<String> get(String path) {
      return send("GET", path, "");
    }

    JsonNode json(HttpResponse<String> response) {
      return json.readTree(response.body());
    }
  }

  @Override
  public void close() {
    stop();
  }
}
