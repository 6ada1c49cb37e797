package io.sallyport.mqtt.listen;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets every client certificate through the handshake, which proves possession of its key and
 * nothing more; whether it means anything is decided at each login (THREATS T13). Only the size is
 * bounded (T14). Its list of CAs is empty, so that the request names no tenant's.
 */
final class UnjudgedClientCertificates extends X509ExtendedTrustManager {
  static final int CERTIFICATES_MAX = 5;
  static final int CHAIN_BYTES_MAX = 16 * 1024;

  private static final X509Certificate[] NONE = {};

  private static void requireWithinBounds(X509Certificate[] chain) throws CertificateException {
    if (chain.length > CERTIFICATES_MAX) {
      throw new CertificateException("more than " + CERTIFICATES_MAX + " certificates");
    }
    int bytes = 0;
    for (X509Certificate certificate : chain) {
      bytes += certificate.getEncoded().length;
    }
    if (bytes > CHAIN_BYTES_MAX) {
      throw new CertificateException("more than " + CHAIN_BYTES_MAX + " bytes of certificates");
    }
  }

  private static CertificateException notForServers() {
    return new CertificateException("this side is never a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    requireWithinBounds(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    requireWithinBounds(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    requireWithinBounds(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw notForServers();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw notForServers();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw notForServers();
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NONE;
  }
}
