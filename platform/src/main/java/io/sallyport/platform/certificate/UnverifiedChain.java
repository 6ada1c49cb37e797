package io.sallyport.platform.certificate;

import io.sallyport.platform.base.Payload;
import java.util.List;

/**
 * Certificates as TLS handed them over, DER, leaf first: possession of the leaf's key is proven by
 * the handshake, nothing else is checked. Only {@code DeviceAuthenticator} may turn one into a
 * principal (THREATS T14).
 */
public record UnverifiedChain(List<Payload> der) {
  public UnverifiedChain {
    der = List.copyOf(der);
  }

  public static final UnverifiedChain NONE = new UnverifiedChain(List.of());

  public boolean isEmpty() {
    return der.isEmpty();
  }
}
