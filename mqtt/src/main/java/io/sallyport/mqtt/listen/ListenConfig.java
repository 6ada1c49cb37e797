package io.sallyport.mqtt.listen;

import io.sallyport.mqtt.ClientLimits;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All listeners and what they share.
 *
 * @param handshakeTimeMax from accept to the end of the TLS handshake
 * @param sniffTimeMax from there to the first bytes that tell the protocol
 * @param innerConnectTimeMax for opening the inner connection of an HTTP pipe; shorter than a token
 *     waits
 * @param stallTimeMax how often the front looks whether HTTP clients take their answers
 * @param answerBytesPerSecondMin an HTTP client for which bytes wait must take that much between
 *     two looks, else its connection is closed
 * @param farewellTimeMax how long the front still reads (and drops) what a client sends after the
 *     last byte of the answer, so that a reset does not destroy that answer
 * @param pipeLowWaterBytes reading goes on when fewer bytes wait in a pipe's direction
 * @param pipeHighWaterBytes reading stops when more bytes wait in a pipe's direction
 * @param acceptPause how long a listener rests after accepting failed
 * @param acceptsPerSecondMax new connections that a listener takes; more wait, none is refused
 * @param ticketRotation how long one session ticket key issues; it is accepted for twice as long
 * @param webSocket bounds of MQTT over WebSocket
 * @param handshakes bounds of TLS handshakes
 */
public record ListenConfig(
    List<ListenerConfig> listeners,
    Duration handshakeTimeMax,
    Duration sniffTimeMax,
    Duration innerConnectTimeMax,
    Duration stallTimeMax,
    int answerBytesPerSecondMin,
    Duration farewellTimeMax,
    int pipeLowWaterBytes,
    int pipeHighWaterBytes,
    Duration acceptPause,
    int acceptsPerSecondMax,
    Duration ticketRotation,
    WebSocket webSocket,
    Handshakes handshakes) {
  /** Of a listener; some times what handshakes one processor can compute. */
  public static final int ACCEPTS_PER_SECOND = 2_000;

  /**
   * Bounds of MQTT over WebSocket (MESSAGING.md section 8).
   *
   * @param openTimeMax for the whole request that opens it, from its first bytes
   * @param headBytesMax that request
   * @param frameBytesMax payload of one frame; nothing of it is kept back, so it costs no memory
   */
  public record WebSocket(Duration openTimeMax, int headBytesMax, int frameBytesMax) {
    public static final WebSocket DEFAULT =
        new WebSocket(Duration.ofSeconds(5), 8 * 1024, ClientLimits.DEFAULT.packetBytesMax());

    public WebSocket {
      if (!openTimeMax.isPositive() || headBytesMax < 1 || frameBytesMax < 1) {
        throw new IllegalArgumentException("limits of WebSockets must be positive");
      }
    }
  }

  /**
   * Bounds of TLS handshakes. They are computed on loops of their own, so that connected clients do
   * not wait for them; half of that capacity is kept for clients that come back (THREATS T21).
   *
   * @param addressesMax how many addresses of clients that were here are remembered, each an IPv4
   *     address or an IPv6 /64
   * @param stayMin how long a connection must have been with the engine for its address to count as
   *     seen; longer than a login may take
   * @param sessionsMax TLS 1.2 sessions kept by id for clients that know no tickets, per listener
   */
  public record Handshakes(int addressesMax, Duration stayMin, int sessionsMax) {
    public static final Handshakes DEFAULT = new Handshakes(65_536, Duration.ofSeconds(10), 10_000);

    public Handshakes {
      if (addressesMax < 1 || sessionsMax < 1 || !stayMin.isPositive()) {
        throw new IllegalArgumentException("limits of handshakes must be positive");
      }
    }
  }

  /** With the default pace of accepting. */
  public ListenConfig(
      List<ListenerConfig> listeners,
      Duration handshakeTimeMax,
      Duration sniffTimeMax,
      Duration innerConnectTimeMax,
      Duration stallTimeMax,
      int answerBytesPerSecondMin,
      Duration farewellTimeMax,
      int pipeLowWaterBytes,
      int pipeHighWaterBytes,
      Duration acceptPause,
      Duration ticketRotation,
      WebSocket webSocket,
      Handshakes handshakes) {
    this(
        listeners,
        handshakeTimeMax,
        sniffTimeMax,
        innerConnectTimeMax,
        stallTimeMax,
        answerBytesPerSecondMin,
        farewellTimeMax,
        pipeLowWaterBytes,
        pipeHighWaterBytes,
        acceptPause,
        ACCEPTS_PER_SECOND,
        ticketRotation,
        webSocket,
        handshakes);
  }

  public ListenConfig {
    listeners = List.copyOf(listeners);
    Set<String> names = new HashSet<>();
    for (ListenerConfig listener : listeners) {
      if (!names.add(listener.name())) {
        throw new IllegalArgumentException("two listeners are named " + listener.name());
      }
    }
    for (Duration limit :
        List.of(
            handshakeTimeMax,
            sniffTimeMax,
            innerConnectTimeMax,
            stallTimeMax,
            farewellTimeMax,
            acceptPause,
            ticketRotation)) {
      if (!limit.isPositive()) {
        throw new IllegalArgumentException("time limits must be positive");
      }
    }
    if (answerBytesPerSecondMin < 1 || acceptsPerSecondMax < 1) {
      throw new IllegalArgumentException("rates must be positive");
    }
    if (pipeLowWaterBytes < 1 || pipeHighWaterBytes <= pipeLowWaterBytes) {
      throw new IllegalArgumentException("water marks must rise");
    }
  }

  /** The defaults around the given listeners. */
  public static ListenConfig of(List<ListenerConfig> listeners) {
    return new ListenConfig(
        listeners,
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        240,
        Duration.ofSeconds(2),
        64 * 1024,
        256 * 1024,
        Duration.ofMillis(200),
        Duration.ofHours(1),
        WebSocket.DEFAULT,
        Handshakes.DEFAULT);
  }

  /** The same with other bounds of handshakes. */
  public ListenConfig with(Handshakes bounds) {
    return with(webSocket, bounds);
  }

  /** The same with other bounds of WebSockets. */
  public ListenConfig with(WebSocket bounds) {
    return with(bounds, handshakes);
  }

  private ListenConfig with(WebSocket webSockets, Handshakes handshaking) {
    return new ListenConfig(
        listeners,
        handshakeTimeMax,
        sniffTimeMax,
        innerConnectTimeMax,
        stallTimeMax,
        answerBytesPerSecondMin,
        farewellTimeMax,
        pipeLowWaterBytes,
        pipeHighWaterBytes,
        acceptPause,
        acceptsPerSecondMax,
        ticketRotation,
        webSockets,
        handshaking);
  }
}
