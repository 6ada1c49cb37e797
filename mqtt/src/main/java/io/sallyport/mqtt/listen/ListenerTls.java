package io.sallyport.mqtt.listen;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.CipherSuiteFilter;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslCredential;
import io.netty.handler.ssl.OpenSslCredentialBuilder;
import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.sallyport.mqtt.listen.ListenerConfig.Encryption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * TLS of one listener: BoringSSL, or the JDK's where that does not load. The context can be
 * replaced while connections live; each keeps what it began with. {@link #newHandler} is called on
 * event loops, the rest under this object's lock.
 */
final class ListenerTls {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /**
   * Forward secrecy and AEAD only; the RSA suites serve clients that know no ECDSA. BoringSSL goes
   * by this order (in TLS 1.3 by what its own processor does well), the JDK by the client's.
   */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** The hybrid group protects secrecy only and is never required (THREATS T22). */
  private static final String[] GROUPS = {"X25519MLKEM768", "X25519", "P-256"};

  private static final String[] JDK_GROUPS = {"x25519", "secp256r1"};

  private final String listener;
  private final boolean asksCertificate;
  private final SslProvider provider;
  private final Duration handshakeTimeMax;
  private final Duration ticketLife;
  private final int recordBytesMax;
  private final int sessionsMax;
  private final TicketKeys tickets;
  private ServerIdentities identities;
  private volatile SslContext current;

  ListenerTls(
      ListenerConfig listener,
      ListenConfig shared,
      SslProvider provider,
      ServerIdentities identities,
      SecureRandom random) {
    this.listener = listener.name();
    this.asksCertificate = listener.encryption() == Encryption.TLS_ASKING_CERTIFICATE;
    this.provider =
        listener.tls().provider() == ListenerConfig.Tls.Provider.JDK ? SslProvider.JDK : provider;
    this.recordBytesMax = listener.tls().recordBytesMax();
    this.sessionsMax = shared.handshakes().sessionsMax();
    this.handshakeTimeMax = shared.handshakeTimeMax();
    this.ticketLife = shared.ticketRotation().multipliedBy(2);
    this.tickets = new TicketKeys(random);
    this.identities = identities;
    this.current = build(identities);
  }

  /** BoringSSL if its native library is there for this machine. */
  static SslProvider bestProvider() {
    return OpenSslCredential.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
  }

  SslHandler newHandler(ByteBufAllocator allocator) {
    SslHandler handler = current.newHandler(allocator);
    handler.setHandshakeTimeoutMillis(handshakeTimeMax.toMillis());
    if (recordBytesMax < ListenerConfig.Tls.RECORD_BYTES) {
      handler.setWrapDataSize(recordBytesMax);
    }
    if (provider == SslProvider.JDK) {
      SSLEngine engine = handler.engine();
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setNamedGroups(JDK_GROUPS.clone());
      // All suites are good ones; the client knows which of them its processor does well.
      parameters.setUseCipherSuitesOrder(false);
      engine.setSSLParameters(parameters);
    }
    return handler;
  }

  /** New connections see the new certificates; tickets stay good, they hold no server key. */
  synchronized void replace(ServerIdentities replacement) {
    current = build(replacement);
    identities = replacement;
  }

  synchronized void rotateTickets() {
    tickets.rotate();
    useTickets(current);
  }

  synchronized void forgetTickets() {
    tickets.forget();
    // A context of its own: sessions kept by id, and the JDK's ticket keys, end with the old one.
    current = build(identities);
  }

  /** Whether a ticket was issued here and still opens; never for the JDK's, which keeps its own. */
  boolean isOurTicket(byte[] ticket) {
    return provider != SslProvider.JDK && tickets.isOurs(ticket);
  }

  private SslContext build(ServerIdentities shown) {
    try {
      return provider == SslProvider.JDK ? jdk(shown) : boring(shown);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("TLS of listener " + listener + " cannot be set up", e);
    }
  }

  private SslContext boring(ServerIdentities shown) throws GeneralSecurityException, IOException {
    // BoringSSL takes the first credential that the client can use: ECDSA, added as a credential of
    // its own, goes before what Netty's certificate callback sets. The callback's material is
    // cached, else it would be parsed anew in every handshake.
    Optional<OpenSslCredential> preferred =
        shown
            .rsa()
            .map(rsa ->
                OpenSslCredentialBuilder.forX509(shown.ecdsa().key(), shown.ecdsa().chainArray())
                    .build());
    try {
      ServerIdentity last = shown.rsa().orElse(shown.ecdsa());
      SslContextBuilder builder =
          base(
                  new OpenSslCachingX509KeyManagerFactory(keyManagers(List.of(last))),
                  IdentityCipherSuiteFilter.INSTANCE)
              .option(OpenSslContextOption.GROUPS, GROUPS.clone())
              .option(
                  OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES,
                  UnjudgedClientCertificates.CHAIN_BYTES_MAX);
      preferred.ifPresent(builder::addCredential);
      SslContext context = builder.build();
      OpenSslServerSessionContext sessions = ((OpenSslServerContext) context).sessionContext();
      // Sessions live in tickets, and for TLS 1.2 clients that know none in a small cache. The id
      // context ties both to this listener and to whether it asks for a certificate (THREATS T13).
      sessions.setSessionCacheEnabled(true);
      sessions.setSessionCacheSize(sessionsMax);
      sessions.setSessionTimeout(Math.toIntExact(ticketLife.toSeconds()));
      sessions.setSessionIdContext(sessionIdContext());
      useTickets(context);
      return context;
    } finally {
      preferred.ifPresent(OpenSslCredential::release); // The context holds its own reference.
    }
  }

  private SslContext jdk(ServerIdentities shown) throws GeneralSecurityException, IOException {
    // The JDK has no switch per connection. Read when its TLS classes load, so the start script
    // passes it too.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    List<ServerIdentity> all =
        shown.rsa().map(rsa -> List.of(shown.ecdsa(), rsa)).orElseGet(() -> List.of(shown.ecdsa()));
    return base(keyManagers(all), SupportedCipherSuiteFilter.INSTANCE)
        .sessionCacheSize(sessionsMax)
        .sessionTimeout(ticketLife.toSeconds())
        .build();
  }

  private SslContextBuilder base(KeyManagerFactory keys, CipherSuiteFilter filter) {
    return SslContextBuilder.forServer(keys)
        .sslProvider(provider)
        .protocols(PROTOCOLS)
        .ciphers(CIPHERS, filter)
        .trustManager(new UnjudgedClientCertificates())
        .clientAuth(asksCertificate ? ClientAuth.OPTIONAL : ClientAuth.NONE);
  }

  private static KeyManagerFactory keyManagers(List<ServerIdentity> identities)
      throws GeneralSecurityException, IOException {
    char[] noPassword = new char[0];
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, noPassword);
    for (int i = 0; i < identities.size(); i++) {
      ServerIdentity identity = identities.get(i);
      store.setKeyEntry("server-" + i, identity.key(), noPassword, identity.chainArray());
    }
    // This kind takes the keys out once. PKIX goes back to the key store in every handshake, whose
    // password derivation costs milliseconds each time.
    KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
    factory.init(store, noPassword);
    return factory;
  }

  private byte[] sessionIdContext() throws GeneralSecurityException {
    // At most 32 bytes (SSL_MAX_SID_CTX_LENGTH), which is what SHA-256 gives.
    return MessageDigest.getInstance("SHA-256")
        .digest((listener + '\n' + asksCertificate).getBytes(StandardCharsets.UTF_8));
  }

  private void useTickets(SslContext context) {
    if (context instanceof OpenSslServerContext openSsl) {
      openSsl.sessionContext().setTicketKeys(tickets.issuingFirst());
    }
  }
}
