package io.sallyport.platform.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.certificate.InstallationCa.ServerKeyKind;
import io.sallyport.platform.testing.InMemoryTenantKeys;
import io.sallyport.platform.testing.SettableClock;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class P256InstallationCaTest {
  private static final String NAME_CONSTRAINTS = "2.5.29.30";

  private final SettableClock clock = new SettableClock();
  private final SecureRandom random = new SecureRandom();
  private final P256InstallationCa ca =
      P256InstallationCa.create(
          List.of("iot.example.org", "*.messaging.example.org"),
          List.of(address("192.0.2.10")),
          clock,
          random);

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  private static X509Certificate root(InstallationCa ca) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(ca.rootPem().getBytes(StandardCharsets.US_ASCII)));
  }

  private void validate(ServerCertificate server) throws GeneralSecurityException {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root(ca), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(clock.instant()));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(server.chain().subList(0, 1)),
            parameters);
  }

  @Test
  void root_is_a_p256_ca_of_path_length_0_with_non_critical_name_constraints()
      throws GeneralSecurityException {
    X509Certificate root = root(ca);

    assertThat(root.getBasicConstraints()).isZero();
    assertThat(root.getPublicKey())
        .isInstanceOfSatisfying(
            ECPublicKey.class,
            key -> assertThat(key.getParams().getOrder().bitLength()).isEqualTo(256));
    assertThat(root.getNonCriticalExtensionOIDs()).contains(NAME_CONSTRAINTS);
    assertThat(root.getCriticalExtensionOIDs()).doesNotContain(NAME_CONSTRAINTS);
    assertThat(root.getKeyUsage())
        .containsExactly(false, false, false, false, false, true, true, false, false);
    assertThat(ca.rootPem()).containsOnlyOnce("BEGIN CERTIFICATE").doesNotContain("\r");
  }

  @ParameterizedTest
  @EnumSource(ServerKeyKind.class)
  void server_certificate_passes_a_path_check_and_carries_its_names(ServerKeyKind kind)
      throws GeneralSecurityException {
    ServerCertificate server =
        ca.issueServerCertificate(
            List.of("iot.example.org", "*.messaging.example.org", "localhost"),
            List.of(address("192.0.2.10"), address("127.0.0.1"), address("::1")),
            kind);

    assertThatCode(() -> validate(server)).doesNotThrowAnyException();
    X509Certificate leaf = server.chain().getFirst();
    assertThat(leaf.getSubjectAlternativeNames())
        .extracting(name -> name.get(1))
        .asString()
        .contains("iot.example.org", "*.messaging.example.org", "localhost")
        .contains("192.0.2.10", "127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(server.chain()).hasSize(2);
    assertThat(Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()))
        .isLessThanOrEqualTo(Duration.ofDays(398));
    switch (kind) {
      case P256 -> assertThat(leaf.getPublicKey()).isInstanceOf(ECPublicKey.class);
      case RSA2048 ->
          assertThat(((RSAPublicKey) leaf.getPublicKey()).getModulus().bitLength()).isEqualTo(2048);
    }
  }

  @Test
  void private_key_fits_its_certificate() throws GeneralSecurityException {
    ServerCertificate server =
        ca.issueServerCertificate(List.of("localhost"), List.of(), ServerKeyKind.P256);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(server.key());
    signature.update((byte) 1);
    byte[] signed = signature.sign();

    signature.initVerify(server.chain().getFirst());
    signature.update((byte) 1);
    assertThat(signature.verify(signed)).isTrue();
    assertThat(server.toString()).doesNotContain(server.key().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.org", "evil.example", "notiot.example.org", "10.0.0.1.example"})
  void name_outside_the_constraints_is_refused(String name) {
    assertThatThrownBy(
            () -> ca.issueServerCertificate(List.of(name), List.of(), ServerKeyKind.P256))
        .isInstanceOf(ProblemException.class);
    assertThat(ca.covers(List.of(name), List.of())).isFalse();
  }

  @Test
  void address_outside_the_constraints_is_refused() {
    assertThat(ca.covers(List.of(), List.of(address("192.0.2.10")))).isTrue();
    assertThat(ca.covers(List.of(), List.of(address("127.9.9.9")))).isTrue();
    assertThat(ca.covers(List.of(), List.of(address("192.0.2.11")))).isFalse();
    assertThat(ca.covers(List.of(), List.of(address("::2")))).isFalse();
  }

  @Test
  void clients_that_honour_the_constraints_refuse_a_foreign_name_under_this_root()
      throws GeneralSecurityException {
    P256InstallationCa impostor =
        new P256InstallationCa(
            ca.key(),
            ca.root(),
            PermittedNames.of(List.of("bank.example"), List.of()),
            clock,
            random);
    ServerCertificate forged =
        impostor.issueServerCertificate(List.of("bank.example"), List.of(), ServerKeyKind.P256);

    // The JDK's check takes name constraints from the path, not from the anchor: put it in there.
    PKIXParameters parameters =
        new PKIXParameters(
            Set.of(
                new TrustAnchor(
                    ca.root().getSubjectX500Principal(),
                    ca.root().getPublicKey(),
                    constraintsOf(ca.root()))));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(clock.instant()));
    assertThatThrownBy(() ->
            CertPathValidator.getInstance("PKIX")
                .validate(
                    CertificateFactory.getInstance("X.509")
                        .generateCertPath(forged.chain().subList(0, 1)),
                    parameters))
        .isInstanceOf(GeneralSecurityException.class);
  }

  private static byte[] constraintsOf(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(NAME_CONSTRAINTS);
    return ASN1OctetString.getInstance(extension).getOctets();
  }

  @Test
  void renewal_is_due_in_the_last_third_of_the_life() {
    ServerCertificate server =
        ca.issueServerCertificate(List.of("localhost"), List.of(), ServerKeyKind.P256);

    assertThat(server.renewalDue(clock.instant())).isFalse();
    assertThat(server.renewalDue(clock.instant().plus(Duration.ofDays(260)))).isFalse();
    assertThat(server.renewalDue(clock.instant().plus(Duration.ofDays(270)))).isTrue();
  }

  @Test
  void serials_and_roots_differ() throws GeneralSecurityException {
    Collection<ServerCertificate> two =
        List.of(
            ca.issueServerCertificate(List.of("localhost"), List.of(), ServerKeyKind.P256),
            ca.issueServerCertificate(List.of("localhost"), List.of(), ServerKeyKind.P256));

    assertThat(two.stream().map(it -> it.chain().getFirst().getSerialNumber()).distinct())
        .hasSize(2);
    P256InstallationCa other = P256InstallationCa.create(List.of(), List.of(), clock, random);
    assertThat(root(other).getSubjectX500Principal())
        .isNotEqualTo(root(ca).getSubjectX500Principal());
  }

  @Test
  void sealed_ca_opens_again_and_signs() {
    InMemoryTenantKeys keys = new InMemoryTenantKeys();
    String text = SealedInstallationCa.encode(ca, keys, random);

    P256InstallationCa opened = SealedInstallationCa.decode(text, keys, clock, random);

    assertThat(opened.rootPem()).isEqualTo(ca.rootPem());
    assertThat(opened.covers(List.of("iot.example.org"), List.of(address("192.0.2.10")))).isTrue();
    ServerCertificate server =
        opened.issueServerCertificate(List.of("iot.example.org"), List.of(), ServerKeyKind.P256);
    assertThatCode(() -> validate(server)).doesNotThrowAnyException();
    assertThat(text).doesNotContain("PRIVATE KEY");
  }

  @Test
  void sealed_ca_does_not_open_under_another_master_key() {
    String text = SealedInstallationCa.encode(ca, new InMemoryTenantKeys(), random);

    assertThatThrownBy(() ->
            SealedInstallationCa.decode(text, new InMemoryTenantKeys("another"), clock, random))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("CORRUPT");
  }

  @Test
  void sealed_key_does_not_open_beside_another_root() {
    InMemoryTenantKeys keys = new InMemoryTenantKeys();
    P256InstallationCa other = P256InstallationCa.create(List.of(), List.of(), clock, random);
    String text =
        SealedInstallationCa.encode(ca, keys, random).replace(ca.rootPem(), other.rootPem());

    assertThatThrownBy(() -> SealedInstallationCa.decode(text, keys, clock, random))
        .isInstanceOf(ProblemException.class);
  }
}
