package io.sallyport.mqtt.listen;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The system's {@code openssl s_client}: a TLS client that shares no code with the server's. */
final class OpenSslClient {
  private OpenSslClient() {}

  /** Asks for a renegotiation on a TLS 1.2 connection, by s_client's own command. */
  static String renegotiate(InetSocketAddress server) throws IOException {
    Process process =
        new ProcessBuilder(
                "openssl",
                "s_client",
                "-tls1_2",
                "-connect",
                server.getAddress().getHostAddress() + ":" + server.getPort())
            .redirectErrorStream(true)
            .start();
    try (OutputStream input = process.getOutputStream()) {
      input.write("R\n".getBytes(StandardCharsets.US_ASCII));
      input.flush();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Connects, sends, reads until the server closes, and returns all that the program printed. */
  static String talk(InetSocketAddress server, byte[] sent, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-ign_eof", "-connect"));
    command.add(server.getAddress().getHostAddress() + ":" + server.getPort());
    command.addAll(Arrays.asList(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      try (OutputStream input = process.getOutputStream()) {
        input.write(sent);
      } catch (IOException refusedBeforeSent) {
        // The handshake failed; the output says why.
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IOException("openssl does not end");
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
