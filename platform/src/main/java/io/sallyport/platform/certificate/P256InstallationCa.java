package io.sallyport.platform.certificate;

import io.sallyport.platform.base.Problem;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The installation CA with an EC P-256 key (THREATS T12): path length 0, non-critical name
 * constraints to the names it was made for and loopback. Signs server certificates only. Immutable
 * and thread-safe; making an RSA key takes up to a second.
 */
public final class P256InstallationCa implements InstallationCa {
  private static final Duration ROOT_LIFE = Duration.ofDays(3_650);

  /** Within the 398 days that clients accept, the hour of clock tolerance included. */
  private static final Duration SERVER_LIFE = Duration.ofDays(397);

  private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

  private final PrivateKey key;
  private final X509Certificate root;
  private final PermittedNames permitted;
  private final Clock clock;
  private final SecureRandom random;

  P256InstallationCa(
      PrivateKey key,
      X509Certificate root,
      PermittedNames permitted,
      Clock clock,
      SecureRandom random) {
    this.key = key;
    this.root = root;
    this.permitted = permitted;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Makes a new CA. It can sign for these names, their subdomains, and loopback.
   *
   * @param dnsNames configured host names; of {@code *.example.org} the asterisk is left out
   */
  public static P256InstallationCa create(
      List<String> dnsNames, List<InetAddress> addresses, Clock clock, SecureRandom random) {
    PermittedNames permitted = PermittedNames.of(dnsNames, addresses);
    try {
      KeyPair pair = newP256(random);
      byte[] mark = new byte[4];
      random.nextBytes(mark);
      X500Name name = name("Sallyport installation CA " + HexFormat.of().formatHex(mark));
      Instant now = clock.instant();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              newSerial(random),
              Date.from(now.minus(CLOCK_TOLERANCE)),
              Date.from(now.plus(ROOT_LIFE)),
              name,
              pair.getPublic());
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
          .addExtension(
              Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              extensions.createSubjectKeyIdentifier(pair.getPublic()))
          .addExtension(Extension.nameConstraints, false, permitted.extension());
      X509Certificate root = sign(builder, pair.getPrivate());
      return new P256InstallationCa(pair.getPrivate(), root, permitted, clock, random);
    } catch (GeneralSecurityException | CertIOException e) {
      throw new IllegalStateException("can't make the installation CA", e);
    }
  }

  @Override
  public String rootPem() {
    return Pem.certificate(root);
  }

  X509Certificate root() {
    return root;
  }

  PrivateKey key() {
    return key;
  }

  /** Whether this CA may sign for all of these; if not, a new CA is needed. */
  public boolean covers(List<String> dnsNames, List<InetAddress> addresses) {
    return dnsNames.stream().allMatch(permitted::permits)
        && addresses.stream().allMatch(permitted::permits);
  }

  @Override
  public ServerCertificate issueServerCertificate(
      List<String> dnsNames, List<InetAddress> addresses, ServerKeyKind kind) {
    if (dnsNames.isEmpty() && addresses.isEmpty()) {
      throw new IllegalArgumentException("a server certificate needs a name");
    }
    if (!covers(dnsNames, addresses)) {
      throw Problem.invalid("the installation CA was made for other names; make a new one");
    }
    try {
      KeyPair pair =
          switch (kind) {
            case P256 -> newP256(random);
            case RSA2048 -> newRsa2048(random);
          };
      String first =
          dnsNames.isEmpty() ? addresses.getFirst().getHostAddress() : dnsNames.getFirst();
      Instant now = clock.instant();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              root,
              newSerial(random),
              Date.from(now.minus(CLOCK_TOLERANCE)),
              Date.from(now.minus(CLOCK_TOLERANCE).plus(SERVER_LIFE)),
              name(first.length() <= 64 ? first : "Sallyport"),
              pair.getPublic());
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, keyUsage(kind))
          .addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
          .addExtension(
              Extension.subjectAlternativeName,
              false,
              PermittedNames.alternatives(dnsNames, addresses))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              extensions.createSubjectKeyIdentifier(pair.getPublic()))
          .addExtension(
              Extension.authorityKeyIdentifier,
              false,
              extensions.createAuthorityKeyIdentifier(root));
      return new ServerCertificate(pair.getPrivate(), List.of(sign(builder, key), root));
    } catch (GeneralSecurityException | CertIOException e) {
      throw new IllegalStateException("can't issue the server certificate", e);
    }
  }

  private static KeyUsage keyUsage(ServerKeyKind kind) {
    return switch (kind) {
      case P256 -> new KeyUsage(KeyUsage.digitalSignature);
      // Old devices speak TLS 1.2 with RSA key transport.
      case RSA2048 -> new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
    };
  }

  private static KeyPair newP256(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static KeyPair newRsa2048(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048, random);
    return generator.generateKeyPair();
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  /** 127 random bits: positive, and within the 20 octets of RFC 5280 section 4.1.2.2. */
  private static BigInteger newSerial(SecureRandom random) {
    return new BigInteger(126, random).setBit(126);
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey signer)
      throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }
}
