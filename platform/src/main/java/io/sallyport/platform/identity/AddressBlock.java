package io.sallyport.platform.identity;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** A range of IP addresses: the first {@code prefixBits} bits of an address (THREATS T44). */
public record AddressBlock(String networkHex, int prefixBits) {

  /** The block that failures are counted by: /24 of IPv4, /64 of IPv6. */
  public static AddressBlock around(InetAddress address) {
    return of(address, address.getAddress().length == 4 ? 24 : 64);
  }

  /** The block of this one address. */
  public static AddressBlock only(InetAddress address) {
    return of(address, address.getAddress().length * 8);
  }

  /**
   * Parses {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a bare address means just that one. Names
   * are not looked up but refused.
   */
  public static AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    InetAddress parsed = InetAddress.ofLiteral(address);
    int bits = parsed.getAddress().length * 8;
    int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException("not an address block: " + text);
    }
    return of(parsed, prefix);
  }

  /** The remote side's address; an unresolved one counts as 0.0.0.0. */
  static InetAddress addressOf(InetSocketAddress remote) {
    InetAddress address = remote.getAddress();
    return address != null ? address : new InetSocketAddress(0).getAddress();
  }

  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length * 2 == networkHex.length() && of(address, prefixBits).equals(this);
  }

  private static AddressBlock of(InetAddress address, int prefixBits) {
    byte[] bytes = address.getAddress();
    byte[] network = Arrays.copyOf(bytes, bytes.length);
    for (int bit = prefixBits; bit < bytes.length * 8; bit++) {
      network[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    return new AddressBlock(HexFormat.of().formatHex(network), prefixBits);
  }
}
