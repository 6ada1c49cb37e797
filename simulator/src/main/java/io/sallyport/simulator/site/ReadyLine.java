package io.sallyport.simulator.site;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the server prints once, when all listeners accept: {@code ready in 2.4 s: <addresses>}.
 *
 * @param addresses as printed, in their order
 */
public record ReadyLine(double seconds, List<URI> addresses) {
  private static final Pattern LINE = Pattern.compile("ready in ([0-9.,]+) s: (.*)");
  private static final Pattern ADDRESS = Pattern.compile("[a-z+]+://[^\\s,;]+");

  public ReadyLine {
    addresses = List.copyOf(addresses);
  }

  /** Reads a line of the server's output; empty when it is another one. */
  public static Optional<ReadyLine> parse(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.find()) {
      return Optional.empty();
    }
    List<URI> addresses = new ArrayList<>();
    Matcher address = ADDRESS.matcher(matcher.group(2));
    while (address.find()) {
      addresses.add(URI.create(address.group()));
    }
    return Optional.of(
        new ReadyLine(Double.parseDouble(matcher.group(1).replace(',', '.')), addresses));
  }

  /** The port of the first address with this scheme; empty when there is none. */
  public OptionalInt port(String scheme) {
    return addresses.stream()
        .filter(address -> scheme.equals(address.getScheme()) && address.getPort() > 0)
        .mapToInt(URI::getPort)
        .findFirst();
  }
}
