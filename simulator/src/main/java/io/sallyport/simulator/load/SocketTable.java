package io.sallyport.simulator.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The system's table of TCP sockets, which tells what a server did with a connection whose client
 * reads nothing and so can't be told.
 */
final class SocketTable {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final String ESTABLISHED = "01";

  private SocketTable() {}

  /** Whether the server still holds its end of the connection from this client. */
  static boolean held(int serverPort, InetSocketAddress client) throws IOException {
    String local = String.format(Locale.ROOT, ":%04X", serverPort);
    // proc(5): four bytes at a time, least significant first; the last four tell loopback apart.
    byte[] address = client.getAddress().getAddress();
    int last = address.length - 1;
    String remote =
        String.format(
            Locale.ROOT,
            "%02X%02X%02X%02X:%04X",
            address[last],
            address[last - 1],
            address[last - 2],
            address[last - 3],
            client.getPort());
    for (Path table : TABLES) {
      if (!Files.exists(table)) {
        continue;
      }
      try (Stream<String> lines = Files.lines(table, StandardCharsets.US_ASCII)) {
        // proc(5): slot, local and remote address with port, state.
        if (lines
            .map(line -> line.strip().split("\\s+"))
            .anyMatch(cells ->
                cells.length > 3
                    && cells[1].endsWith(local)
                    && cells[2].endsWith(remote)
                    && cells[3].equals(ESTABLISHED))) {
          return true;
        }
      }
    }
    return false;
  }
}
