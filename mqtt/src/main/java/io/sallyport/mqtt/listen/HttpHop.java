package io.sallyport.mqtt.listen;

import io.sallyport.mqtt.ConnectionInfo;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;

/**
 * The way from the front to the servlet container (THREATS T16). Each inner connection begins with
 * a one-time token under which the container finds who is at the other end. Safe for use by many
 * threads; no method may block.
 */
public interface HttpHop {
  /** The container's socket. */
  UnixDomainSocketAddress address();

  /**
   * Enters a record for a connection that is about to be opened.
   *
   * @param cut ends the client's connection at once, with what it has not taken yet; for any thread
   * @return the 16 bytes to send first, or empty when too many records wait already
   */
  Optional<byte[]> open(ConnectionInfo info, HttpPolicy policy, Runnable cut);

  /** Takes a record back if it still waits. Called at the end of every pipe, used token or not. */
  void abandon(byte[] token);
}
