package io.sallyport.platform.certificate;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.tenant.TenantKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The installation CA as text to be stored: its certificate as PEM, and its private key sealed by
 * AES-256-GCM under a purpose key of the master key, bound to the certificate.
 */
public final class SealedInstallationCa {
  private static final String PURPOSE = "ca";
  private static final String KEY_LABEL = "SALLYPORT SEALED KEY";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private SealedInstallationCa() {}

  public static String encode(P256InstallationCa ca, TenantKeys keys, SecureRandom random) {
    // A random nonce will do: this key seals once in an installation's life (THREATS T01).
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] plain = ca.key().getEncoded();
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, keys, nonce, ca.root()).doFinal(plain);
      Arrays.fill(plain, (byte) 0);
      byte[] block = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
      System.arraycopy(sealed, 0, block, NONCE_BYTES, sealed.length);
      return ca.rootPem() + Pem.encode(KEY_LABEL, block);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @throws io.sallyport.platform.base.ProblemException {@code CORRUPT} if the text was changed, or
   *     sealed under another master key
   */
  public static P256InstallationCa decode(
      String text, TenantKeys keys, Clock clock, SecureRandom random) {
    Optional<byte[]> certificate = Pem.decode("CERTIFICATE", text);
    Optional<byte[]> block = Pem.decode(KEY_LABEL, text).filter(it -> it.length > NONCE_BYTES);
    if (certificate.isEmpty() || block.isEmpty()) {
      throw corrupt();
    }
    try {
      X509Certificate root =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(certificate.get()));
      byte[] nonce = Arrays.copyOf(block.get(), NONCE_BYTES);
      byte[] plain =
          cipher(Cipher.DECRYPT_MODE, keys, nonce, root)
              .doFinal(block.get(), NONCE_BYTES, block.get().length - NONCE_BYTES);
      PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(plain));
      return new P256InstallationCa(key, root, PermittedNames.read(root), clock, random);
    } catch (GeneralSecurityException | IOException e) {
      throw corrupt();
    }
  }

  private static RuntimeException corrupt() {
    return new Problem(
            Problem.Code.CORRUPT,
            "the installation CA can't be opened: it was changed, or the master key is another")
        .asException();
  }

  private static Cipher cipher(int mode, TenantKeys keys, byte[] nonce, X509Certificate root)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(keys.purposeKey(PURPOSE), "AES"),
        new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(root.getEncoded());
    return cipher;
  }
}
