package io.sallyport.simulator.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Trust made from a CA file: exactly its certificates and nothing of the JVM's own store. */
public final class Trust {
  private Trust() {}

  /**
   * Trust managers that accept what chains up to the file's certificates.
   *
   * @param caFile PEM; null means the JVM's own trust store
   * @throws IOException when the file cannot be read or holds no certificate
   */
  public static TrustManagerFactory managers(@Nullable Path caFile) throws IOException {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(caFile == null ? null : keyStore(caFile));
      return factory;
    } catch (GeneralSecurityException e) {
      throw new IOException("no trust can be made from " + caFile, e);
    }
  }

  /** A TLS context for HTTPS with that trust. */
  public static SSLContext sslContext(@Nullable Path caFile) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers(caFile).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS context can be made from " + caFile, e);
    }
  }

  private static KeyStore keyStore(Path caFile) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(caFile)) {
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      if (number == 0) {
        throw new IOException(caFile + " holds no certificate");
      }
    }
    return store;
  }
}
