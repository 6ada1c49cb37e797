package io.sallyport.server.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The network between a client and the server: it can lose what one side says, and it can be cut.
 */
final class CuttableWire implements AutoCloseable {
  private final int target;
  private final ServerSocket door;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean losesToServer;
  private volatile boolean losesToClient;

  CuttableWire(int target) {
    this.target = target;
    try {
      this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /** From now on nothing that the client says arrives, until the next cut. */
  void loseWhatTheClientSays() {
    losesToServer = true;
  }

  /** From now on nothing that the server says arrives, until the next cut. */
  void loseWhatTheServerSays() {
    losesToClient = true;
  }

  /** Ends all connections; later ones are whole again. */
  void cut() {
    open.forEach(CuttableWire::end);
    open.clear();
    losesToServer = false;
    losesToClient = false;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(client);
        open.add(server);
        threads.execute(() -> carry(client, server, true));
        threads.execute(() -> carry(server, client, false));
      }
    } catch (IOException closed) {
      // The door was closed, or the server's was: either ends what runs over this wire.
      cut();
    }
  }

  private void carry(Socket from, Socket to, boolean toServer) {
    byte[] buffer = new byte[16_384];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (!(toServer ? losesToServer : losesToClient)) {
          out.write(buffer, 0, read);
        }
      }
    } catch (IOException gone) {
      // One side has ended; so does the other.
    }
    end(from);
    end(to);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
    threads.close();
  }
}
