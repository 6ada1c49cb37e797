package io.sallyport.mqtt.listen;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A wire that counts: the bytes each way and the largest TLS record towards the client. */
final class CountingRelay implements AutoCloseable {
  private final ServerSocket door;
  private final InetSocketAddress server;
  private final AtomicLong up = new AtomicLong();
  private final AtomicLong down = new AtomicLong();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger largestRecord = new AtomicInteger();

  CountingRelay(InetSocketAddress server) throws IOException {
    this.server = server;
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(door.getInetAddress(), door.getLocalPort());
  }

  long up() {
    return up.get();
  }

  long down() {
    return down.get();
  }

  /** Head and content. */
  int largestRecord() {
    return largestRecord.get();
  }

  boolean isQuiet() {
    return open.get() == 0;
  }

  void reset() {
    up.set(0);
    down.set(0);
    largestRecord.set(0);
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        Socket inner = new Socket(server.getAddress(), server.getPort());
        client.setTcpNoDelay(true);
        inner.setTcpNoDelay(true);
        open.addAndGet(2);
        Thread.ofVirtual().start(() -> pump(client, inner, up, false));
        Thread.ofVirtual().start(() -> pump(inner, client, down, true));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void pump(Socket from, Socket to, AtomicLong count, boolean measuresRecords) {
    Records records = new Records();
    byte[] buffer = new byte[32 * 1024];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        count.addAndGet(read);
        if (measuresRecords) {
          largestRecord.accumulateAndGet(records.largestIn(buffer, read), Math::max);
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException over) {
      // The other direction has closed both.
    } finally {
      open.decrementAndGet();
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
  }

  /** Follows the record heads of one direction (RFC 8446 §5.1). */
  private static final class Records {
    private final byte[] head = new byte[5];
    private int headBytes;
    private int left;

    /** The largest that begins among these bytes. */
    int largestIn(byte[] bytes, int length) {
      int largest = 0;
      for (int at = 0; at < length; ) {
        if (left > 0) {
          int skipped = Math.min(left, length - at);
          left -= skipped;
          at += skipped;
        } else {
          head[headBytes++] = bytes[at++];
          if (headBytes == head.length) {
            headBytes = 0;
            left = ((head[3] & 0xFF) << 8) | (head[4] & 0xFF);
            largest = Math.max(largest, head.length + left);
          }
        }
      }
      return largest;
    }
  }
}
