package io.sallyport.mqtt.listen;

import java.util.Optional;

/**
 * What the front shows to clients: a P-256 certificate, and beside it an RSA certificate for those
 * that offer no ECDSA suite.
 */
public record ServerIdentities(ServerIdentity ecdsa, Optional<ServerIdentity> rsa) {
  public ServerIdentities {
    requireAlgorithm(ecdsa, "EC");
    rsa.ifPresent(identity -> requireAlgorithm(identity, "RSA"));
  }

  private static void requireAlgorithm(ServerIdentity identity, String algorithm) {
    String actual = identity.chain().getFirst().getPublicKey().getAlgorithm();
    if (!actual.equals(algorithm)) {
      throw new IllegalArgumentException("expected a certificate for " + algorithm + ": " + actual);
    }
  }
}
