package io.sallyport.server.config;

import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.space.ListenerIdentity;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A listener without login: plain TCP, MQTT only, every client is one plain credential (THREATS
 * T37).
 *
 * @param bind addresses; loopback unless the operator said {@code insecure-identity: true}
 */
public record IdentityListener(int port, List<String> bind, ListenerIdentity identity) {
  static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");

  /**
   * Reads one item of {@code listeners}.
   *
   * @param tenant whose it is; empty: the identity names it
   */
  static IdentityListener read(YamlReader node, Optional<TenantId> tenant) {
    Map<String, YamlReader> m =
        node.members(Set.of("port", "bind", "identity", "insecure-identity"));
    YamlReader identity = BootstrapFile.required(node, m, "identity");
    Map<String, YamlReader> i =
        identity.members(
            tenant.isPresent() ? Set.of("space", "user") : Set.of("tenant", "space", "user"));
    boolean insecure =
        Optional.ofNullable(m.get("insecure-identity")).map(YamlReader::bool).orElse(false);
    List<String> hosts =
        Optional.ofNullable(m.get("bind"))
            .map(list -> list.items().stream().map(host -> host(host, insecure)).toList())
            .orElse(LOOPBACK);
    if (hosts.isEmpty()) {
      throw node.problem("needs an address in 'bind'");
    }
    return new IdentityListener(
        BootstrapFile.required(node, m, "port").integer(0, 65_535),
        hosts,
        new ListenerIdentity(
            tenant.orElseGet(() -> tenant(BootstrapFile.required(identity, i, "tenant"))),
            BootstrapFile.required(identity, i, "space").text(),
            BootstrapFile.required(identity, i, "user").text()));
  }

  private static TenantId tenant(YamlReader value) {
    if (!TenantId.isValid(value.text())) {
      throw value.problem("must be six characters a-z or 0-9");
    }
    return new TenantId(value.text());
  }

  private static String host(YamlReader value, boolean insecure) {
    if (!insecure && !isLoopback(value.text())) {
      throw value.problem(
          "is no loopback address: whoever reaches a listener with an identity is logged in. If"
              + " that is meant, add insecure-identity: true");
    }
    return value.text();
  }

  /** Whether every address is one of this host alone. */
  public boolean isLoopbackOnly() {
    return bind.stream().allMatch(IdentityListener::isLoopback);
  }

  /** Only addresses as such: a name could come to mean another address. */
  private static boolean isLoopback(String host) {
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException noAddress) {
      return false;
    }
  }

  /** The addresses that this host has: one without IPv6 has no {@code ::1}. */
  public List<String> usableBind(boolean ipv6) {
    return ipv6 || !bind.equals(LOOPBACK) ? bind : LOOPBACK.subList(0, 1);
  }
}
