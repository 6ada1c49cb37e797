package io.sallyport.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.testing.InMemoryNumberMarks;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertPathBuilderException;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The server must prove who it is, whoever stands between. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTlsTest {
  @TempDir static Path folder = Path.of("");
  private Path root = Path.of("");
  private Path otherRoot = Path.of("");
  private Optional<EmbeddedPostgres> server = Optional.empty();

  /** A server whose certificate, for {@code localhost} alone, is signed by {@code root}. */
  @BeforeAll
  void start() throws Exception {
    KeyPair authority = keys();
    KeyPair key = keys();
    root = pem("root.pem", certificate("CN=Root", authority, "CN=Root", authority, true));
    KeyPair other = keys();
    otherRoot = pem("other.pem", certificate("CN=Root", other, "CN=Root", other, true));
    Path certificate =
        pem("server.pem", certificate("CN=localhost", key, "CN=Root", authority, false));
    Path privateKey =
        pem("server.key", new PemObject("PRIVATE KEY", key.getPrivate().getEncoded()));
    server =
        Optional.of(
            EmbeddedPostgres.builder()
                .setServerConfig("ssl", "on")
                .setServerConfig("ssl_cert_file", certificate.toString())
                .setServerConfig("ssl_key_file", privateKey.toString())
                .setConnectConfig("sslmode", "disable")
                .setPGStartupWait(Duration.ofMinutes(1))
                .start());
  }

  @AfterAll
  void stop() throws IOException {
    if (server.isPresent()) {
      server.get().close();
    }
  }

  private SqlRegistry open(String host, Optional<Path> trusted) {
    return SqlRegistry.open(
        RegistryConfig.postgres(
            "jdbc:postgresql://"
                + host
                + ":"
                + server.orElseThrow().getPort()
                + "/postgres?sslmode=verify-full",
            "postgres",
            Secret.of("postgres"),
            trusted),
        new FakeTenantKeys(),
        InMemoryNumberMarks.fresh(),
        new SimpleMeterRegistry());
  }

  @Test
  void a_server_of_the_trusted_ca_is_used_over_tls() {
    try (SqlRegistry registry = open("localhost", Optional.of(root))) {
      Boolean encrypted =
          registry
              .database()
              .read(sql ->
                  sql.fetchSingle("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                      .get(0, Boolean.class));

      assertThat(encrypted).isTrue();
    }
  }

  @Test
  void a_server_of_another_ca_is_refused() {
    assertThatThrownBy(() -> open("localhost", Optional.of(otherRoot)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            thrown -> {
              assertThat(thrown.problem().code()).isEqualTo(Problem.Code.UNAVAILABLE);
              assertThat(thrown.problem().text()).contains("certificate", "root certificate");
            })
        .hasStackTraceContaining(SSLHandshakeException.class.getName())
        .hasStackTraceContaining("PKIX path");
  }

  @Test
  void a_server_of_a_ca_that_the_runtime_does_not_know_is_refused() {
    assertThatThrownBy(() -> open("localhost", Optional.empty()))
        .isInstanceOf(ProblemException.class)
        .hasStackTraceContaining(CertPathBuilderException.class.getSimpleName());
  }

  @Test
  void a_certificate_of_another_name_is_refused() {
    assertThatThrownBy(() -> open("127.0.0.1", Optional.of(root)))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("127.0.0.1")
        .hasMessageContaining("hostname");
  }

  private static KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X509CertificateHolder certificate(
      String subject, KeyPair key, String issuer, KeyPair issuerKey, boolean authority)
      throws Exception {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name(issuer),
            BigInteger.valueOf(now.toEpochMilli()),
            Date.from(now.minus(Duration.ofDays(1))),
            Date.from(now.plus(Duration.ofDays(1))),
            new X500Name(subject),
            key.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (!authority) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
    }
    return builder.build(
        new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey.getPrivate()));
  }

  private Path pem(String name, Object content) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(content);
    }
    Path file = folder.resolve(name);
    Files.writeString(file, text.toString());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }
}
