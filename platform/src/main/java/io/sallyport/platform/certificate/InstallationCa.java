package io.sallyport.platform.certificate;

import java.net.InetAddress;
import java.util.List;

/** The CA made at first start (EC P-256, name constraints, THREATS T12). */
public interface InstallationCa {
  /** The root as PEM: exactly one certificate. */
  String rootPem();

  /** A server key and certificate chain for these names, from the CA; not stored here. */
  ServerCertificate issueServerCertificate(
      List<String> dnsNames, List<InetAddress> addresses, ServerKeyKind kind);

  /** Which key a server certificate has. */
  enum ServerKeyKind {
    P256,
    RSA2048
  }
}
