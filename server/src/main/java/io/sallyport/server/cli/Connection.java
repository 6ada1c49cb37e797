package io.sallyport.server.cli;

import io.sallyport.server.config.ConfigurationProblem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which platform an administration command speaks to: a running one, or a stopped one's data. */
final class Connection {
  static final String KEY_VARIABLE = "SALLYPORT_KEY";
  static final String TOKEN_VARIABLE = "SALLYPORT_TOKEN";

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "https://localhost:8443",
      description = "The running platform (default: ${DEFAULT-VALUE}).")
  URI url = URI.create("https://localhost:8443");

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM file of the CA to trust, e.g. DIR/ca.pem (default: the system's CAs).")
  @Nullable Path ca;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Work on the data folder of a stopped installation instead.")
  @Nullable Path data;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The stopped installation's configuration file, with --data.")
  @Nullable Path config;

  /**
   * @param tenant the tenant whose data the command works on, for {@code --data}; empty for the
   *     installation itself
   */
  Api open(Optional<String> tenant) {
    if (data != null) {
      return OfflineInstallation.open(data, Optional.ofNullable(config), tenant);
    }
    String key = System.getenv(KEY_VARIABLE);
    String token = System.getenv(TOKEN_VARIABLE);
    if (key == null || token == null) {
      throw new ConfigurationProblem(
          "set "
              + KEY_VARIABLE
              + " and "
              + TOKEN_VARIABLE
              + " to an operator's or API key and its token, or give --data DIR on a stopped"
              + " installation");
    }
    return new Api(client(Optional.ofNullable(ca)), url, key, token, () -> {});
  }

  static HttpClient client(Optional<Path> ca) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10));
    ca.ifPresent(file -> builder.sslContext(trusting(file)));
    return builder.build();
  }

  private static SSLContext trusting(Path file) {
    try (InputStream pem = Files.newInputStream(file)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        trusted.setCertificateEntry("ca-" + number++, certificate);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigurationProblem(
          "can't read certificates from " + file + ": " + e.getMessage(), e);
    }
  }
}
