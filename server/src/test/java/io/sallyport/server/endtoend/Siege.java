package io.sallyport.server.endtoend;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The attackers of one attack: they all leave together. */
final class Siege implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 15_000;

  private final ChildServer server;
  private final SSLContext trust;
  private final Deque<Socket> open = new ArrayDeque<>();

  Siege(ChildServer server) {
    this.server = server;
    this.trust = server.trust();
  }

  /** A TCP connection from that address of this machine. */
  Socket socket(int port, String from) {
    return socket(port, from, 0);
  }

  /**
   * Likewise.
   *
   * @param windowBytes how much the system takes from the server unread; 0 for its default
   */
  synchronized Socket socket(int port, String from, int windowBytes) {
    Socket socket = new Socket();
    open.push(socket);
    try {
      if (windowBytes > 0) {
        socket.setReceiveBufferSize(windowBytes);
      }
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Over the listener without login, before CONNECT. */
  RawMqttClient plain() {
    return new RawMqttClient(socket(server.loginless(), "127.0.0.1"));
  }

  RawMqttClient loggedIn(String clientId) {
    return loggedIn(new Connect(clientId));
  }

  RawMqttClient loggedIn(Connect connect) {
    RawMqttClient client = plain();
    client.login(connect);
    return client;
  }

  RawMqttClient loggedIn5(Connect connect) {
    RawMqttClient client = plain();
    int code = client.connect5(connect).code();
    if (code != 0) {
      throw new AssertionError("CONNACK with code " + code);
    }
    return client;
  }

  /** TLS from that address, handshake done. */
  synchronized SSLSocket tls(int port, String from) {
    try {
      Socket plain = socket(port, from);
      SSLSocket socket =
          (SSLSocket) trust.getSocketFactory().createSocket(plain, "localhost", port, true);
      open.push(socket);
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RawMqttClient tls(String from) {
    return new RawMqttClient(tls(server.mqtts(), from));
  }

  static void write(Socket socket, String text) {
    write(socket, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what comes until the server has closed; it must. */
  static String untilClosed(Socket socket) {
    StringBuilder read = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        read.append((char) next);
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open after " + read.length() + " bytes", e);
    } catch (IOException reset) {
      // An end, too.
    }
    return read.toString();
  }

  /** Reads packets until the server has closed; it must. Answers how many came. */
  static int untilClosed(RawMqttClient client) {
    int packets = 0;
    try {
      while (true) {
        client.read();
        packets++;
      }
    } catch (UncheckedIOException end) {
      if (end.getCause() instanceof SocketTimeoutException) {
        throw new AssertionError("still open after " + packets + " packets", end);
      }
      return packets;
    }
  }

  /** Everybody leaves without a word. */
  @Override
  public synchronized void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
