package io.sallyport.mqtt.listen;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Self-made certificates for tests. */
public final class TestCertificates {
  private TestCertificates() {}

  /** A key with its chain, leaf first. */
  public record Identity(PrivateKey key, List<X509Certificate> chain) {
    public ServerIdentity asServer() {
      return new ServerIdentity(key, chain);
    }

    /** Without password. */
    public KeyStore keyStore() throws GeneralSecurityException, IOException {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, new char[0]);
      store.setKeyEntry("own", key, new char[0], chain.toArray(X509Certificate[]::new));
      return store;
    }

    public X509Certificate leaf() {
      return chain.getFirst();
    }

    /** Writes key and leaf to a PEM file, as {@code openssl s_client -cert -key} takes it. */
    public Path pem(Path folder, String name) throws IOException {
      return Files.writeString(
          folder.resolve(name),
          block("PRIVATE KEY", key.getEncoded()) + certificates(chain.subList(0, 1)));
    }

    /** Writes what stands above the leaf, as {@code openssl s_client -cert_chain} takes it. */
    public Path issuersPem(Path folder, String name) throws IOException {
      return Files.writeString(folder.resolve(name), certificates(chain.subList(1, chain.size())));
    }

    private static String certificates(List<X509Certificate> certificates) {
      StringBuilder text = new StringBuilder();
      for (X509Certificate certificate : certificates) {
        try {
          text.append(block("CERTIFICATE", certificate.getEncoded()));
        } catch (CertificateEncodingException e) {
          throw new IllegalStateException(e);
        }
      }
      return text.toString();
    }

    private static String block(String type, byte[] der) {
      return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
          .formatted(type, Base64.getMimeEncoder().encodeToString(der), type);
    }
  }

  public static Identity ec(String commonName) {
    return selfSigned(commonName, pair("EC", 256), "SHA256withECDSA", 0);
  }

  public static Identity rsa(String commonName) {
    return selfSigned(commonName, pair("RSA", 2048), "SHA256withRSA", 0);
  }

  /** A self-signed certificate with an extension of so many bytes. */
  public static Identity big(String commonName, int bytes) {
    return selfSigned(commonName, pair("EC", 256), "SHA256withECDSA", bytes);
  }

  /** A chain of so many certificates, each signed by the next. */
  public static Identity chain(String commonName, int length) {
    List<KeyPair> pairs = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      pairs.add(pair("EC", 256));
    }
    List<X509Certificate> chain = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      int issuer = Math.min(i + 1, length - 1);
      chain.add(
          certificate(
              i == 0 ? commonName : "ca" + i,
              pairs.get(i),
              issuer == 0 ? commonName : "ca" + issuer,
              pairs.get(issuer).getPrivate(),
              "SHA256withECDSA",
              0));
    }
    return new Identity(pairs.getFirst().getPrivate(), chain);
  }

  private static Identity selfSigned(
      String commonName, KeyPair pair, String algorithm, int extraBytes) {
    return new Identity(
        pair.getPrivate(),
        List.of(
            certificate(commonName, pair, commonName, pair.getPrivate(), algorithm, extraBytes)));
  }

  private static X509Certificate certificate(
      String subject,
      KeyPair pair,
      String issuer,
      PrivateKey signer,
      String algorithm,
      int extraBytes) {
    try {
      Instant now = Instant.now();
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=" + issuer),
              BigInteger.valueOf(System.nanoTime()),
              Date.from(now.minus(1, ChronoUnit.HOURS)),
              Date.from(now.plus(1, ChronoUnit.DAYS)),
              new X500Name("CN=" + subject),
              pair.getPublic());
      if (extraBytes > 0) {
        builder.addExtension(
            new ASN1ObjectIdentifier("1.3.6.1.4.1.55555.1"),
            false,
            new DEROctetString(new byte[extraBytes]));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(signer)));
    } catch (OperatorCreationException | GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair pair(String algorithm, int size) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(size);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
