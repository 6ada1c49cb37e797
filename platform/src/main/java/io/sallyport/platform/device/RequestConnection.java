package io.sallyport.platform.device;

/**
 * The connection on which HTTP requests come, as those see it who let them in. Whoever owns the
 * connection puts it into each request's {@link #ATTRIBUTE}. Thread-safe; nothing blocks.
 */
public interface RequestConnection {
  /** The request attribute that holds it. */
  String ATTRIBUTE = "io.sallyport.request.connection";

  /** Ends the connection at once: what was not read or not taken by the client is dropped. */
  void cut();

  /**
   * The connection now rests on this credential. The place of the request before is given up; this
   * one's when the next request is let in or the connection ends, since an answer is on its way to
   * a slow client long after its request is over.
   */
  void occupy(LiveConnections.Registration place);
}
