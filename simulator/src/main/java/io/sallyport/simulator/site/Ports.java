package io.sallyport.simulator.site;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/** The server's default ports and the choice of an offset at which they are free. */
public final class Ports {
  public static final int MQTTS = 8883;
  public static final int HTTPS = 8443;
  public static final int MQTT = 1883;
  private static final int HTTP = 8080;
  private static final int TRIES_MAX = 50;

  private Ports() {}

  /** Zero when the default ports are free, else an offset from 10,000 on at which they are. */
  public static int freeOffset(RandomGenerator random) throws IOException {
    int offset = 0;
    for (int i = 0; i < TRIES_MAX; i++) {
      if (free(MQTTS + offset)
          && free(HTTPS + offset)
          && free(MQTT + offset)
          && free(HTTP + offset)) {
        return offset;
      }
      offset = random.nextInt(10_000, 23_000);
    }
    throw new IOException("no port offset found at which 8883, 8443, 1883 and 8080 are free");
  }

  /** A free port on the loopback address, for a server that takes any. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      return true;
    } catch (IOException e) {
      // Somebody holds it: that is the answer to the question.
      return false;
    }
  }
}
