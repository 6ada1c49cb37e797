package io.sallyport.platform.tenant;

import io.sallyport.platform.base.TenantId;
import java.util.Locale;
import java.util.Optional;

/**
 * What a host name (SNI or Host header) says about the tenant: {@code <tenant>.messaging.<domain>}
 * or {@code <tenant>.<domain>}. Only a hint, but one that must not contradict the credential
 * (THREATS T15).
 */
public final class HostHint {
  private final String suffix;
  private final TenantStore tenants;

  /**
   * @param domain the installation's configured domain, e.g. {@code iot.example.com}
   */
  public HostHint(String domain, TenantStore tenants) {
    this.suffix = "." + domain.toLowerCase(Locale.ROOT);
    this.tenants = tenants;
  }

  /** The tenant that the host name would name, whether or not it exists. */
  public Optional<TenantId> tenant(String hostWithPort) {
    String host = hostWithPort.toLowerCase(Locale.ROOT);
    int port = host.lastIndexOf(':');
    if (port >= 0 && host.indexOf(']', port) < 0) {
      host = host.substring(0, port);
    }
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    if (!host.endsWith(suffix)) {
      return Optional.empty();
    }
    String label = host.substring(0, host.length() - suffix.length());
    if (label.endsWith(".messaging")) {
      label = label.substring(0, label.length() - ".messaging".length());
    }
    return TenantId.isValid(label) ? Optional.of(new TenantId(label)) : Optional.empty();
  }

  /** Whether the host name names an existing tenant other than this one. May block. */
  public boolean contradicts(String hostWithPort, TenantId verified) {
    return tenant(hostWithPort)
        .filter(named -> !named.equals(verified))
        .flatMap(tenants::find)
        .isPresent();
  }
}
