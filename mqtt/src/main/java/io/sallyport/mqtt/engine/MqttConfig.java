package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.codec.CodecLimits;
import java.time.Duration;

/** Every limit of the engine that is not the client's own ({@code ClientLimits}). */
public record MqttConfig(
    CodecLimits codec,
    Logins logins,
    Timeouts timeouts,
    Sessions sessions,
    Subscriptions subscriptions,
    Retained retained,
    Ownership ownership,
    Takeovers takeovers,
    Aliases aliases) {
  public static final MqttConfig DEFAULT =
      new MqttConfig(
          CodecLimits.DEFAULT,
          new Logins(1_000, 256, 256),
          new Timeouts(
              Duration.ofSeconds(5),
              Duration.ofSeconds(30),
              Duration.ofSeconds(2),
              Duration.ofSeconds(30),
              Duration.ofSeconds(30),
              Duration.ofSeconds(60)),
          new Sessions(
              100_000, 20_000, 1_000, 1 << 20, 10_000, 256L << 20, 512L << 20, 1L << 30, 4L << 30),
          new Subscriptions(1_000, 200, 50_000, 512L << 20, 1L << 30),
          new Retained(10_000, 16L << 20, 5_000, 8L << 20, 256L << 20),
          new Ownership(20_000, 1_000_000, Duration.ofDays(7)),
          new Takeovers(5, 20, Duration.ofSeconds(10), Duration.ofSeconds(1)),
          new Aliases(16, 64L << 20));

  /** With the rest as by default. */
  public MqttConfig(
      CodecLimits codec,
      Logins logins,
      Timeouts timeouts,
      Sessions sessions,
      Subscriptions subscriptions,
      Retained retained) {
    this(
        codec,
        logins,
        timeouts,
        sessions,
        subscriptions,
        retained,
        DEFAULT.ownership,
        DEFAULT.takeovers,
        DEFAULT.aliases);
  }

  /**
   * Connections that have not logged in. Over a limit the oldest idle one of the address that has
   * most is closed (THREATS T21).
   *
   * @param perListenerMax of one listener
   * @param perAddressMax of one IPv4 address or IPv6 /64 on one listener
   * @param clientIdBytesMax longer ones are refused with code 2
   */
  public record Logins(int perListenerMax, int perAddressMax, int clientIdBytesMax) {
    public Logins {
      requirePositive(perListenerMax, "perListenerMax");
      requirePositive(perAddressMax, "perAddressMax");
      requirePositive(clientIdBytesMax, "clientIdBytesMax");
    }
  }

  /**
   * How long the engine waits.
   *
   * @param connect for the complete CONNECT
   * @param admission for the gate's answer; then refused with code 3
   * @param takeover for the former connection's loop to hand the session over; then code 3
   * @param packet for the rest of a packet after its first byte
   * @param answer for the contract's answer to a PUBLISH; then closed without acknowledgement
   * @param unwritable for a client to read what is sent
   */
  public record Timeouts(
      Duration connect,
      Duration admission,
      Duration takeover,
      Duration packet,
      Duration answer,
      Duration unwritable) {}

  /**
   * Bounds on sessions.
   *
   * @param offlineMax sessions without a connection; beyond it a session ends with its connection
   * @param offlinePerScopeMax likewise, of one scope
   * @param receivedIdsMax QoS 2 packet ids of one client not yet released; beyond it the connection
   *     closes
   * @param unsentBytesMax QoS 0 messages waiting for a slow reader; beyond it the newest is dropped
   * @param inboxMessagesMax messages handed to one session and not yet seen by its event loop
   * @param heldBytesPerScopeMax topics and payloads that wait or are in flight in all sessions of
   *     one scope together; beyond it each queue counts as full
   * @param heldBytesMax likewise, of all scopes
   * @param storedBytesPerScopeMax likewise, what the store holds for durable sessions of one scope
   * @param storedBytesMax likewise, of all scopes
   */
  public record Sessions(
      int offlineMax,
      int offlinePerScopeMax,
      int receivedIdsMax,
      int unsentBytesMax,
      int inboxMessagesMax,
      long heldBytesPerScopeMax,
      long heldBytesMax,
      long storedBytesPerScopeMax,
      long storedBytesMax) {
    public Sessions {
      requirePositive(receivedIdsMax, "receivedIdsMax");
      requirePositive(unsentBytesMax, "unsentBytesMax");
      requirePositive(inboxMessagesMax, "inboxMessagesMax");
    }
  }

  /**
   * Bounds on subscriptions beside the client's own.
   *
   * @param groupsPerScopeMax shared subscriptions of different name, filter or owner; another is
   *     refused with 0x97
   * @param membersPerGroupMax likewise
   * @param matchVisitsMax nodes of the index that one message may lead to; what lies beyond gets no
   *     copy, and that is counted
   * @param indexBytesPerScopeMax memory for the filters of one scope; another is refused with 0x97
   * @param indexBytesMax of all scopes together
   */
  public record Subscriptions(
      int groupsPerScopeMax,
      int membersPerGroupMax,
      int matchVisitsMax,
      long indexBytesPerScopeMax,
      long indexBytesMax) {
    public Subscriptions {
      requirePositive(matchVisitsMax, "matchVisitsMax");
    }
  }

  /**
   * Bounds on the retained messages of one scope; beyond them another is refused with 0x97.
   *
   * @param messagesPerScopeMax topics
   * @param bytesPerScopeMax of topics and payloads
   * @param messagesPerAuthorMax topics whose message was published by sessions of one owner
   * @param bytesPerAuthorMax likewise
   * @param bytesMax of all scopes together
   */
  public record Retained(
      int messagesPerScopeMax,
      long bytesPerScopeMax,
      int messagesPerAuthorMax,
      long bytesPerAuthorMax,
      long bytesMax) {}

  /**
   * Bounds on who may have how many sessions for how long; beyond a number a new one is refused
   * with 0x97, code 3 in 3.x.
   *
   * @param sessionsPerOwnerMax of one owner in one scope, with and without connection
   * @param sessionsPerScopeMax likewise, of a whole scope
   * @param sessionExpiryMax the most that any client's own limit can give
   */
  public record Ownership(
      int sessionsPerOwnerMax, int sessionsPerScopeMax, Duration sessionExpiryMax) {
    public Ownership {
      requirePositive(sessionsPerOwnerMax, "sessionsPerOwnerMax");
      requirePositive(sessionsPerScopeMax, "sessionsPerScopeMax");
    }
  }

  /**
   * What is done about clients that keep taking one session over from each other.
   *
   * @param perMinuteMax more are told to the contract
   * @param undelayedMax from this one on, of takeovers less than a minute apart, CONNACK waits
   * @param delayMax how long at most
   * @param settledAfter a connection taken over earlier does not count: its client came back
   *     quickly
   */
  public record Takeovers(
      int perMinuteMax, int undelayedMax, Duration delayMax, Duration settledAfter) {
    public Takeovers {
      requirePositive(perMinuteMax, "perMinuteMax");
      requirePositive(undelayedMax, "undelayedMax");
    }
  }

  /**
   * Bounds on topic aliases, MQTT 5 §3.3.2.3.4.
   *
   * @param outboundMax that we give to topics of one connection, if the client takes as many
   * @param bytesMax topics of all connections together; beyond it a new connection is offered none,
   *     and no new alias is given
   */
  public record Aliases(int outboundMax, long bytesMax) {}

  private static void requirePositive(int value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1: " + value);
    }
  }
}
