package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Base64;

/** HTTP as bytes, for requests that no well-behaved client would send. */
final class RawHttps {
  /**
   * @param status 0: the connection ended without an answer
   */
  record Answer(int status, String head, String body) {
    String header(String name) {
      return head.lines()
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).trim())
          .findFirst()
          .orElse("");
    }
  }

  private RawHttps() {}

  static String basic(String user, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
  }

  /** A request by a logged-in caller; {@code target} goes out as it is. */
  static Answer exchange(
      Socket socket, String method, String target, String host, String authorization, String body) {
    byte[] bytes = body.getBytes(UTF_8);
    return exchange(
        socket,
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nAuthorization: "
            + authorization
            + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
            + bytes.length
            + "\r\n\r\n"
            + body);
  }

  /**
   * Sends the text, reads to the end, closes. Reads while it sends: who asks too much is answered,
   * and hung up on, before all is said.
   */
  static Answer exchange(Socket socket, String request) {
    byte[] bytes = request.getBytes(UTF_8);
    try (socket) {
      Thread.startVirtualThread(() -> say(socket, bytes));
      return read(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void say(Socket socket, byte[] request) {
    try {
      socket.getOutputStream().write(request);
      socket.getOutputStream().flush();
    } catch (IOException hungUp) {
      // Whoever reads finds out whether there was an answer before.
    }
  }

  private static Answer read(InputStream in) throws IOException {
    String text = new String(in.readAllBytes(), ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.startsWith("HTTP/1.")) {
      return new Answer(0, "", text);
    }
    return new Answer(
        Integer.parseInt(text.substring(9, 12)), text.substring(0, end), text.substring(end + 4));
  }
}
