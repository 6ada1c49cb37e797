package io.sallyport.platform.tenant;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/** HKDF-SHA-256 (RFC 5869) with one key and one label: how keys for single purposes are made. */
final class Hkdf {
  private static final String LABEL_PREFIX = "sallyport/1/";

  private Hkdf() {}

  /** 32 bytes that depend on every byte of key and label. */
  static byte[] derive(byte[] key, String label) {
    byte[] info = (LABEL_PREFIX + label).getBytes(StandardCharsets.UTF_8);
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(HKDFParameterSpec.ofExtract().addIKM(key).thenExpand(info, 32));
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("this Java runtime has no HKDF-SHA256", missing);
    }
  }
}
