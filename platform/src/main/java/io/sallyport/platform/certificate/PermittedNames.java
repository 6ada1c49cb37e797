package io.sallyport.platform.certificate;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/**
 * The permitted subtrees of a CA's name constraints, RFC 5280 section 4.2.1.10: DNS names with
 * their subdomains, and IP ranges as address and mask.
 */
final class PermittedNames {
  private final Set<String> domains;
  private final Set<String> ranges;

  private PermittedNames(Set<String> domains, Set<String> ranges) {
    this.domains = domains;
    this.ranges = ranges;
  }

  static PermittedNames of(List<String> dnsNames, List<InetAddress> addresses) {
    Set<String> domains = new LinkedHashSet<>();
    dnsNames.forEach(name -> domains.add(domain(name)));
    domains.add("localhost");
    Set<String> ranges = new LinkedHashSet<>();
    for (InetAddress address : addresses) {
      byte[] bytes = address.getAddress();
      byte[] mask = new byte[bytes.length];
      Arrays.fill(mask, (byte) 0xff);
      ranges.add(HexFormat.of().formatHex(bytes) + HexFormat.of().formatHex(mask));
    }
    // 127.0.0.0/8 and ::1/128.
    ranges.add("7f000000" + "ff000000");
    ranges.add("0".repeat(31) + "1" + "f".repeat(32));
    return new PermittedNames(domains, ranges);
  }

  /** Reads them back from a CA certificate. */
  static PermittedNames read(X509Certificate ca) throws IOException {
    Set<String> domains = new LinkedHashSet<>();
    Set<String> ranges = new LinkedHashSet<>();
    byte[] value = ca.getExtensionValue(Extension.nameConstraints.getId());
    if (value == null) {
      throw new IOException("the CA has no name constraints");
    }
    NameConstraints constraints =
        NameConstraints.getInstance(JcaX509ExtensionUtils.parseExtensionValue(value));
    for (GeneralSubtree subtree : constraints.getPermittedSubtrees()) {
      GeneralName base = subtree.getBase();
      if (base.getTagNo() == GeneralName.dNSName) {
        domains.add(base.getName().toString());
      } else if (base.getTagNo() == GeneralName.iPAddress) {
        byte[] range = ASN1OctetString.getInstance(base.getName()).getOctets();
        ranges.add(HexFormat.of().formatHex(range));
      }
    }
    return new PermittedNames(domains, ranges);
  }

  private static String domain(String dnsName) {
    String name = dnsName.startsWith("*.") ? dnsName.substring(2) : dnsName;
    return name.toLowerCase(Locale.ROOT);
  }

  NameConstraints extension() {
    List<GeneralSubtree> permitted = new ArrayList<>();
    domains.forEach(
        name -> permitted.add(new GeneralSubtree(new GeneralName(GeneralName.dNSName, name))));
    ranges.forEach(range ->
        permitted.add(
            new GeneralSubtree(
                new GeneralName(
                    GeneralName.iPAddress, new DEROctetString(HexFormat.of().parseHex(range))))));
    return new NameConstraints(permitted.toArray(GeneralSubtree[]::new), null);
  }

  boolean permits(String dnsName) {
    String name = domain(dnsName);
    return domains.stream().anyMatch(domain -> name.equals(domain) || name.endsWith("." + domain));
  }

  boolean permits(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ranges.stream()
        .map(HexFormat.of()::parseHex)
        .anyMatch(range -> range.length == 2 * bytes.length && isWithin(bytes, range));
  }

  private static boolean isWithin(byte[] address, byte[] range) {
    for (int i = 0; i < address.length; i++) {
      byte mask = range[address.length + i];
      if ((address[i] & mask) != (range[i] & mask)) {
        return false;
      }
    }
    return true;
  }

  /** The subject alternative names of a server certificate. */
  static GeneralNames alternatives(List<String> dnsNames, List<InetAddress> addresses) {
    List<GeneralName> names = new ArrayList<>();
    dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
    addresses.forEach(address ->
        names.add(
            new GeneralName(GeneralName.iPAddress, new DEROctetString(address.getAddress()))));
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }
}
